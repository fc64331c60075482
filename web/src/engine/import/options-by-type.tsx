import { Form, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { FieldMeta } from "@/api/types";
import { referenceTarget } from "@/fields/reference/target";
import { useLabel } from "@/i18n/i18n";
import { useObject } from "../meta";
import type { OptionsProps } from "./options-text";

const FORMS = ["yyyymmdd", "excel", "unix", "unix_ms"] as const;
const ORDERS = ["dmy", "mdy"] as const;
const UNITS = ["thousand", "wan", "yi"] as const;

/** In which form dates are written. */
export function DateOptions({ options, onChange }: OptionsProps) {
  const { t } = useTranslation();
  return (
    <div className="gx-import-pair">
      <Form.Item label={t("imports.dateForm.title")} htmlFor="import-date-form">
        <Select
          id="import-date-form"
          value={options.date_form && options.date_form !== "auto" ? options.date_form : undefined}
          allowClear
          placeholder={t("imports.dates.auto")}
          onChange={(next) => onChange({ date_form: next ?? null })}
          options={FORMS.map((value) => ({ value, label: t(`imports.dateForm.${value}`) }))}
        />
      </Form.Item>
      <Form.Item label={t("imports.dates.title")} htmlFor="import-date-order">
        <Select
          id="import-date-order"
          value={options.date_order ?? undefined}
          allowClear
          placeholder={t("imports.dates.auto")}
          onChange={(next) => onChange({ date_order: next ?? null })}
          options={ORDERS.map((value) => ({ value, label: t(`imports.dates.${value}`) }))}
        />
      </Form.Item>
    </div>
  );
}

/** In which unit amounts are written. */
export function UnitOptions({ options, onChange }: OptionsProps) {
  const { t } = useTranslation();
  return (
    <Form.Item label={t("imports.unit.title")} htmlFor="import-unit">
      <Select
        id="import-unit"
        value={options.unit ?? undefined}
        allowClear
        placeholder={t("imports.unit.one")}
        onChange={(next) => onChange({ unit: next ?? null })}
        options={UNITS.map((value) => ({ value, label: t(`imports.unit.${value}`) }))}
      />
    </Form.Item>
  );
}

/** By which field of another object its records are named. */
export function ReferenceOptions({ field, options, onChange }: OptionsProps & { field: FieldMeta }) {
  const { t } = useTranslation();
  const label = useLabel();
  const target = useObject(referenceTarget(field));
  if (!target) return null;
  const names = target.fields.filter(
    (one) => one.filterable && (one.unique || one.name === target.title_field || one.type === "auto_number"),
  );
  return (
    <Form.Item label={t("imports.namedBy", { object: label(target.label) })} htmlFor="import-by">
      <Select
        id="import-by"
        value={options.by ?? undefined}
        allowClear
        placeholder={t("imports.namedByAny")}
        onChange={(next) => onChange({ by: next ?? null })}
        options={names.map((one) => ({ value: one.name, label: label(one.label) }))}
      />
    </Form.Item>
  );
}
