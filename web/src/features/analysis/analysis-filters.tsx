import { useQuery } from "@tanstack/react-query";
import { Button, DatePicker, Select, TreeSelect } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { readRecord } from "@/api/records";
import { addDays } from "@/engine/calendar/days";
import { findObject, useMeta } from "@/engine/meta";
import { pickerField } from "@/engine/picker-field";
import { FieldInput } from "@/fields/field-input";
import { asReference, asText } from "@/fields/values";
import type { AnalysisSearch, Choice } from "./choice";
import { PERIODS, type Period, UNITS, type Unit } from "./period";
import type { PipelineChoice } from "./use-deals";
import { type DepartmentEntry, treeOf } from "./use-departments";

const MEMBER = "user";

interface AnalysisFiltersProps {
  choice: Choice;
  departments: DepartmentEntry[];
  /** To choose from, where deals are looked at. */
  pipelines?: PipelineChoice[];
  search: AnalysisSearch;
  onChange: (next: AnalysisSearch) => void;
}

/** When, which pipeline, whose: all of it in the address, so that what is seen can be shared. */
export function AnalysisFilters(props: AnalysisFiltersProps) {
  const { choice, departments, pipelines = [], search, onChange: change } = props;
  const { t } = useTranslation();
  const member = findObject(useMeta(), MEMBER);
  const owner = useOwner(choice.owner);
  const { from } = choice.span;
  const last = addDays(choice.span.to, -1);
  const chosen = Boolean(search.pipeline || search.owner || search.department);
  return (
    <div className="gx-analysis-filters" role="toolbar" aria-label={t("analysis.filters")}>
      <Select<Period>
        value={choice.period}
        onChange={(period) =>
          change(
            period === "custom"
              ? { period, from, to: last }
              : { period, from: undefined, to: undefined, unit: undefined },
          )
        }
        popupMatchSelectWidth={false}
        options={PERIODS.map((one) => ({ value: one, label: t(`analysis.periods.${one}`) }))}
        aria-label={t("analysis.period")}
      />
      {choice.period === "custom" ? (
        <>
          <DatePicker
            value={dayjs(from)}
            maxDate={dayjs(last)}
            allowClear={false}
            onChange={(day) => day && change({ from: day.format("YYYY-MM-DD"), to: last })}
            aria-label={t("analysis.from")}
          />
          <DatePicker
            value={dayjs(last)}
            minDate={dayjs(from)}
            allowClear={false}
            onChange={(day) => day && change({ from, to: day.format("YYYY-MM-DD") })}
            aria-label={t("analysis.to")}
          />
        </>
      ) : null}
      <Select<Unit>
        value={choice.unit}
        onChange={(unit) => change({ unit })}
        popupMatchSelectWidth={false}
        options={UNITS.map((one) => ({ value: one, label: t(`analysis.units.${one}`) }))}
        aria-label={t("analysis.unit")}
      />
      {pipelines.length > 1 ? (
        <Select<string>
          allowClear
          placeholder={t("analysis.allPipelines")}
          value={choice.pipeline}
          onChange={(pipeline) => change({ pipeline: pipeline || undefined })}
          popupMatchSelectWidth={false}
          options={pipelines.map((one) => ({ value: one.id, label: one.name }))}
          aria-label={t("analysis.pipeline")}
        />
      ) : null}
      {departments.length > 1 ? (
        <TreeSelect<string>
          allowClear
          showSearch={{ treeNodeFilterProp: "title" }}
          treeDefaultExpandAll
          placeholder={t("analysis.allDepartments")}
          value={search.department}
          onChange={(department) => change({ department: department || undefined })}
          treeData={treeOf(departments)}
          popupMatchSelectWidth={260}
          className="gx-analysis-department"
          aria-label={t("analysis.department")}
        />
      ) : null}
      {member ? (
        <div className="gx-analysis-owner">
          <label htmlFor="analysis-owner" className="gx-visually-hidden">
            {t("analysis.member")}
          </label>
          <FieldInput
            id="analysis-owner"
            field={pickerField(MEMBER, { "zh-CN": "全部成员", en: "Every member" }, false)}
            value={choice.owner ? { id: choice.owner, label: owner } : null}
            onChange={(value) => change({ owner: asReference(value)?.id })}
          />
        </div>
      ) : null}
      {chosen ? (
        <Button type="text" onClick={() => change({ pipeline: undefined, owner: undefined, department: undefined })}>
          {t("analysis.clear")}
        </Button>
      ) : null}
    </div>
  );
}

/** The name of the member in the address. */
function useOwner(id: string | null): string | null {
  const record = useQuery({
    queryKey: queryKeys.record(MEMBER, id ?? ""),
    queryFn: ({ signal }) => readRecord(MEMBER, id ?? "", "name", signal),
    enabled: id !== null,
    staleTime: 60_000,
  });
  return record.data ? asText(record.data.name) : null;
}
