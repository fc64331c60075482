import { Form, Select } from "antd";
import { useTranslation } from "react-i18next";
import { findObject, systemFields, useMeta } from "@/engine/meta";
import { useLabel } from "@/i18n/i18n";

interface SortSelectProps {
  id: string;
  object: string;
  /** `field` or `-field`; what it says beyond the first term is kept until another is chosen. */
  sort: string | undefined;
  onChange: (sort: string | undefined) => void;
}

/** By which field, and which end first. Only fields with an index are offered. */
export function SortSelect({ id, object: name, sort, onChange }: SortSelectProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const object = findObject(useMeta(), name);
  const fields = [...(object?.fields ?? []), ...systemFields].filter((field) => field.sortable);
  const first = sort?.split(",")[0]?.trim() ?? "";
  const descending = first.startsWith("-");
  const field = first.replace(/^-/, "");
  return (
    <Form.Item label={t("settings.views.sort")} htmlFor={id}>
      <div className="gx-two">
        <Select
          id={id}
          allowClear
          value={field || undefined}
          onChange={(next: string | undefined) => onChange(next ? (descending ? `-${next}` : next) : undefined)}
          showSearch={{ optionFilterProp: "label" }}
          placeholder={t("settings.views.newestFirst")}
          options={fields.map((each) => ({ value: each.name, label: label(each.label) }))}
        />
        <Select
          value={descending}
          disabled={field === ""}
          onChange={(next: boolean) => onChange(next ? `-${field}` : field)}
          aria-label={t("settings.views.direction")}
          options={[
            { value: false, label: t("settings.views.ascending") },
            { value: true, label: t("settings.views.descending") },
          ]}
        />
      </div>
    </Form.Item>
  );
}
