import { Button, DatePicker, Select, Tag } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";
import { findObject, useMeta } from "@/engine/meta";
import { pickerField } from "@/engine/picker-field";
import { useRecordList } from "@/engine/records";
import { FieldInput } from "@/fields/field-input";
import { titleText } from "@/fields/reference/title";
import { asReference } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { AUDIT_VERBS, type AuditFilter } from "./audit-search";

const MEMBER = "user";
const WHO = { "zh-CN": "操作人", en: "Who" };

interface AuditFiltersProps {
  filter: AuditFilter;
  onChange: (filter: AuditFilter) => void;
}

/** By day, member, operation and object; each may be left open. */
export function AuditFilters({ filter, onChange }: AuditFiltersProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const set = (part: keyof AuditFilter, value: string | undefined) => {
    const { [part]: _before, ...rest } = filter;
    onChange(value ? { ...rest, [part]: value } : rest);
  };
  const day = (part: "from" | "to") => (
    <DatePicker
      value={filter[part] ? dayjs(filter[part]) : null}
      onChange={(chosen) => set(part, chosen?.format("YYYY-MM-DD"))}
      placeholder={t(`audit.${part}`)}
      aria-label={t(`audit.${part}`)}
    />
  );
  const search = { optionFilterProp: "label" } as const;
  return (
    <div className="gx-audit-filters">
      {day("from")}
      {day("to")}
      <ActorFilter value={filter.actor} onChange={(id) => set("actor", id)} />
      <Select<string>
        allowClear
        showSearch={search}
        value={filter.verb ?? null}
        onChange={(verb: string | undefined) => set("verb", verb)}
        options={AUDIT_VERBS.map((verb) => ({ value: verb, label: t(`audit.verbs.${verb}`) }))}
        placeholder={t("audit.anything")}
        aria-label={t("audit.what")}
        popupMatchSelectWidth={false}
      />
      <Select<string>
        allowClear
        showSearch={search}
        value={filter.object ?? null}
        onChange={(object: string | undefined) => set("object", object)}
        options={meta.objects.map((object) => ({ value: object.name, label: label(object.label) }))}
        placeholder={t("audit.anyObject")}
        aria-label={t("audit.object")}
        popupMatchSelectWidth={false}
      />
      {filter.record ? (
        <Tag closable onClose={() => set("record", undefined)}>
          {t("audit.oneRecord")}
        </Tag>
      ) : null}
      {Object.keys(filter).length > 0 ? (
        <Button type="link" size="small" onClick={() => onChange({})}>
          {t("audit.clear")}
        </Button>
      ) : null}
    </div>
  );
}

/** Whoever may not see the members looks at all of them. */
function ActorFilter({ value, onChange }: { value: string | undefined; onChange: (id: string | undefined) => void }) {
  const user = findObject(useMeta(), MEMBER);
  const labelOf = useLabel();
  const named = useRecordList(
    MEMBER,
    { filter: `id == "${value}"`, fields: user?.title_field ?? "name", limit: 1 },
    { enabled: Boolean(user && value) },
  );
  if (!user) return null;
  const found = named.data?.pages[0]?.items[0];
  const label = found ? titleText(found[user.title_field]) : null;
  return (
    <div className="gx-audit-actor">
      <FieldInput
        field={pickerField(MEMBER, WHO, false)}
        id="audit-actor"
        placeholder={labelOf(WHO)}
        value={value ? { id: value, label } : null}
        onChange={(next) => onChange(asReference(next)?.id)}
      />
    </div>
  );
}
