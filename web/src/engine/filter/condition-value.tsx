import { useQuery } from "@tanstack/react-query";
import { DatePicker, Input, InputNumber, Select, Space } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { listRecords } from "@/api/records";
import type { FieldMeta, ListQuery } from "@/api/types";
import { hasTooFewDigits } from "@/fields/few-digits";
import { useReferenceCandidates } from "@/fields/reference/candidates";
import { referenceTarget } from "@/fields/reference/target";
import { asText, isObject } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { useObject } from "../meta";
import { quote } from "./expression-tree";
import type { Condition, OperandKind } from "./model";
import { isPeriod, PERIODS, readRelative, writeRelative } from "./moments";
import { asksSource, SOURCES } from "./sources";

interface ValueProps {
  field: FieldMeta;
  condition: Condition;
  onChange: (value: Condition["value"]) => void;
}

/** The input for the value of one condition. */
export function ConditionValue({ kind, ...props }: ValueProps & { kind: OperandKind }) {
  const { t } = useTranslation();
  const { condition, onChange } = props;
  if (condition.operator === "within") return <PeriodValue {...props} />;
  if (condition.operator === "source_since") return <MomentValue {...props} />;
  if (asksSource(condition.operator)) return <SourcesValue {...props} />;
  switch (kind) {
    case "date":
    case "datetime":
      return <MomentValue {...props} />;
    case "choice":
    case "choices":
      return <OptionsValue {...props} />;
    case "link":
    case "links":
      return <RecordsValue {...props} />;
    case "number":
      return (
        <InputNumber<string>
          stringMode
          value={typeof condition.value === "string" ? condition.value : null}
          onChange={(value) => onChange(value === null ? null : String(value))}
          style={{ width: "100%" }}
          aria-label={t("filter.value")}
        />
      );
    default:
      return (
        <Input
          value={typeof condition.value === "string" ? condition.value : ""}
          onChange={(event) => onChange(event.target.value)}
          aria-label={t("filter.value")}
        />
      );
  }
}

function SourcesValue({ condition, onChange }: ValueProps) {
  const { t } = useTranslation();
  return (
    <Select<string[]>
      mode="multiple"
      value={Array.isArray(condition.value) ? condition.value : []}
      onChange={onChange}
      options={SOURCES.map((source) => ({ value: source, label: t(`record.source.${source}`) }))}
      style={{ width: "100%" }}
      maxTagCount="responsive"
      aria-label={t("filter.value")}
    />
  );
}

function OptionsValue({ field, condition, onChange }: ValueProps) {
  const { t } = useTranslation();
  const label = useLabel();
  return (
    <Select<string[]>
      mode="multiple"
      value={Array.isArray(condition.value) ? condition.value : []}
      onChange={onChange}
      options={(field.options ?? []).map((option) => ({ value: option.value, label: label(option.label) }))}
      showSearch={{ optionFilterProp: "label" }}
      style={{ width: "100%" }}
      maxTagCount="responsive"
      aria-label={t("filter.value")}
    />
  );
}

/** Names of the records a stored filter points at. */
function useRecordNames(object: string, ids: string[]): Map<string, string> {
  const title = useObject(object)?.title_field ?? "name";
  const query: ListQuery = { filter: `id in [${ids.map(quote).join(", ")}]`, fields: title, limit: 200 };
  const found = useQuery({
    queryKey: queryKeys.list(object, query),
    queryFn: ({ signal }) => listRecords(object, query, signal),
    enabled: ids.length > 0,
    staleTime: 5 * 60_000,
  });
  return new Map(
    (found.data?.items ?? []).map((item) => {
      const value = item[title];
      return [item.id, isObject(value) ? asText(value.full) : asText(value)];
    }),
  );
}

function RecordsValue({ field, condition, onChange }: ValueProps) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const [picked, setPicked] = useState<Map<string, string>>(new Map());
  const target = referenceTarget(field);
  const value = Array.isArray(condition.value) ? condition.value : [];
  const names = useRecordNames(
    target,
    value.filter((id) => id !== "me" && !picked.has(id)),
  );
  const candidates = useReferenceCandidates(target, text, open);
  const options = new Map<string, string>();
  if (target === "user") options.set("me", t("filter.me"));
  for (const id of value) options.set(id, id === "me" ? t("filter.me") : (picked.get(id) ?? names.get(id) ?? "…"));
  for (const reference of candidates.data ?? []) options.set(reference.id, reference.label ?? reference.id);
  return (
    <Select<string[]>
      mode="multiple"
      value={value}
      onChange={(next) => {
        setPicked(new Map(next.map((id) => [id, options.get(id) ?? id])));
        setText("");
        onChange(next);
      }}
      options={[...options].map(([id, name]) => ({ value: id, label: name }))}
      showSearch={{ filterOption: false, onSearch: setText, searchValue: text }}
      open={open}
      onOpenChange={setOpen}
      loading={candidates.isFetching}
      notFoundContent={
        candidates.isFetching
          ? t("common.loading")
          : t(hasTooFewDigits(text) ? "fields.fewDigits" : "fields.referenceEmpty")
      }
      placeholder={t("fields.referencePlaceholder")}
      style={{ width: "100%" }}
      maxTagCount="responsive"
      aria-label={t("filter.value")}
    />
  );
}

function PeriodValue({ condition, onChange }: ValueProps) {
  const { t } = useTranslation();
  return (
    <Select<string>
      value={typeof condition.value === "string" ? condition.value : undefined}
      onChange={onChange}
      options={PERIODS.map((period) => ({ value: period, label: t(`filter.period.${period}`) }))}
      placeholder={t("filter.value")}
      style={{ width: "100%" }}
      aria-label={t("filter.value")}
    />
  );
}

type MomentKind = "fixed" | "today" | "past" | "future" | (typeof PERIODS)[number];

function momentKind(value: string | null): MomentKind {
  if (value === null) return "fixed";
  if (isPeriod(value)) return value;
  const relative = readRelative(value);
  if (!relative) return "fixed";
  return relative.days === 0 ? "today" : relative.days < 0 ? "past" : "future";
}

const USUAL_DAYS = 30;

/** A day from the calendar, or one counted from today, so that a saved view stays right tomorrow. */
function MomentValue({ condition, onChange }: ValueProps) {
  const { t } = useTranslation();
  const value = typeof condition.value === "string" ? condition.value : null;
  const [fixed, setFixed] = useState(false);
  const kind = fixed && value === null ? "fixed" : momentKind(value);
  const relative = value ? readRelative(value) : null;
  const base = relative?.base ?? "today";
  const choose = (next: MomentKind) => {
    setFixed(next === "fixed");
    if (next === "fixed") onChange(null);
    else if (next === "today") onChange(writeRelative({ base, days: 0 }));
    else if (next === "past") onChange(writeRelative({ base, days: -USUAL_DAYS }));
    else if (next === "future") onChange(writeRelative({ base, days: USUAL_DAYS }));
    else onChange(next);
  };
  return (
    <Space.Compact block>
      <Select<MomentKind>
        value={kind}
        onChange={choose}
        options={[
          { value: "fixed", label: t("filter.moment.fixed") },
          { value: "today", label: t("filter.moment.today") },
          { value: "past", label: t("filter.moment.past") },
          { value: "future", label: t("filter.moment.future") },
          ...PERIODS.map((period) => ({ value: period, label: t(`filter.periodStart.${period}`) })),
        ]}
        popupMatchSelectWidth={false}
        style={{ width: kind === "fixed" || relative?.days ? 112 : "100%" }}
        aria-label={t("filter.value")}
      />
      {kind === "fixed" ? (
        <DatePicker
          value={value ? dayjs(value.slice(0, 10)) : null}
          onChange={(day) => onChange(day ? day.format("YYYY-MM-DD") : null)}
          style={{ flex: 1, minWidth: 0 }}
        />
      ) : null}
      {(kind === "past" || kind === "future") && relative ? (
        <InputNumber<number>
          min={1}
          max={3650}
          precision={0}
          value={Math.abs(relative.days)}
          onChange={(days) => onChange(writeRelative({ base, days: (kind === "past" ? -1 : 1) * (days ?? 1) }))}
          suffix={t("filter.days")}
          style={{ flex: 1, minWidth: 0 }}
          aria-label={t("filter.days")}
        />
      ) : null}
    </Space.Compact>
  );
}
