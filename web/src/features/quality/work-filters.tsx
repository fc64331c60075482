import { SearchOutlined } from "@ant-design/icons";
import { Input, Select } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { plainField } from "@/api/plain-field";
import type { QualitySummary, Severity } from "@/api/quality";
import type { FieldValue, ObjectMeta } from "@/api/types";
import { findField, findObject, useMeta } from "@/engine/meta";
import { useMe } from "@/engine/session";
import { FieldInput } from "@/fields/field-input";
import { asReference } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import type { QualitySearch } from "./model";

const SEVERITIES: Severity[] = ["high", "medium", "low"];
const OWNER = plainField("owner", "user", { "zh-CN": "负责人", en: "Owner" }, { target: "user" });
const DEPARTMENT = plainField(
  "department",
  "department",
  { "zh-CN": "部门", en: "Department" },
  { target: "department" },
);
const SETTLE_MS = 400;

interface WorkFiltersProps {
  object: ObjectMeta;
  rules: QualitySummary["by_rule"];
  search: QualitySearch;
  onChange: (next: QualitySearch) => void;
}

/** By rule, severity, owner, department and words; all of it is in the address. */
export function WorkFilters({ object, rules, search, onChange }: WorkFiltersProps) {
  const { t } = useTranslation();
  const owned = findField(object, "owner") !== null;
  const label = useLabel();
  const formats = useFormats();
  const meta = useMeta();
  const me = useMe();
  // The address has ids alone; the names are known once one has chosen.
  const [names, setNames] = useState<{ [id: string]: string | null }>({});
  const [words, setWords] = useState(search.q ?? "");
  const asked = search.q ?? "";
  /** The words sent last: when the address says them, what was typed since stays. */
  const sent = useRef(asked);
  useEffect(() => {
    if (asked !== sent.current) setWords(asked);
    sent.current = asked;
  }, [asked]);
  useEffect(() => {
    if (words.trim() === asked) return;
    const timer = setTimeout(() => {
      sent.current = words.trim();
      onChange({ q: words.trim() });
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [words, asked, onChange]);
  const chosen = (id: string | undefined): FieldValue =>
    id ? { id, label: names[id] ?? (id === me.user.id ? me.user.name : null) } : null;
  const choose = (name: "owner" | "department") => (value: FieldValue) => {
    const reference = asReference(value);
    const id = reference?.id ?? (typeof value === "string" ? value : "");
    if (reference) setNames((now) => ({ ...now, [reference.id]: reference.label }));
    onChange({ [name]: id });
  };
  return (
    <div className="gx-quality-filters" role="toolbar" aria-label={t("filter.title")}>
      <Input
        prefix={<SearchOutlined />}
        value={words}
        onChange={(event) => setWords(event.target.value)}
        placeholder={t("quality.search")}
        aria-label={t("quality.search")}
        allowClear
      />
      <Select<string>
        value={search.rule || undefined}
        onChange={(next: string | undefined) => onChange({ rule: next ?? "" })}
        options={rules.map(({ rule, fails }) => ({
          value: rule.id,
          label: `${label(rule.name)} · ${formats.number(fails)}`,
        }))}
        placeholder={t("quality.anyRule")}
        aria-label={t("quality.rule")}
        showSearch={{ optionFilterProp: "label" }}
        allowClear
        popupMatchSelectWidth={false}
      />
      <Select<string>
        value={search.severity || undefined}
        onChange={(next: string | undefined) => onChange({ severity: next ?? "" })}
        options={SEVERITIES.map((one) => ({ value: one, label: t(`quality.severities.${one}`) }))}
        placeholder={t("quality.anySeverity")}
        aria-label={t("quality.severity")}
        allowClear
      />
      {owned && findObject(meta, "department") ? (
        <label htmlFor="quality-department">
          <span className="gx-visually-hidden">{t("quality.by.department")}</span>
          <FieldInput
            id="quality-department"
            field={DEPARTMENT}
            value={chosen(search.department)}
            onChange={choose("department")}
            placeholder={t("quality.anyDepartment")}
          />
        </label>
      ) : null}
      {owned ? (
        <label htmlFor="quality-owner">
          <span className="gx-visually-hidden">{t("quality.by.owner")}</span>
          <FieldInput
            id="quality-owner"
            field={OWNER}
            value={chosen(search.owner)}
            onChange={choose("owner")}
            placeholder={t("quality.anyOwner")}
          />
        </label>
      ) : null}
    </div>
  );
}
