import { useNavigate } from "@tanstack/react-router";
import { DatePicker, Segmented, Select } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";
import { addDays } from "@/engine/calendar/days";
import { findObject, useMeta } from "@/engine/meta";
import { useLabel } from "@/i18n/i18n";
import { PERIODS, type Period, UNITS, type Unit } from "../period";
import { POOLED, type PoolChoice, type Pooled, type PoolSearch } from "./choice";
import type { PoolEntry } from "./use-pools";

/** When, and which pool: all of it in the address, so that what is seen can be shared. */
export function PoolFilters({ choice, pools }: { choice: PoolChoice; pools: PoolEntry[] }) {
  const { t } = useTranslation();
  const label = useLabel();
  const navigate = useNavigate();
  const meta = useMeta();
  const objects = POOLED.flatMap((name) => findObject(meta, name) ?? []);
  const change = (next: PoolSearch) =>
    void navigate({ to: "/analysis/pools", search: (now) => ({ ...now, ...next }), replace: true });
  const { from, to } = choice.span;
  return (
    <div className="gx-analysis-filters" role="toolbar" aria-label={t("analysis.filters")}>
      {objects.length > 1 ? (
        <Segmented<Pooled>
          value={choice.object}
          onChange={(object) => change({ object, pool: undefined })}
          options={objects.map((one) => ({ value: one.name as Pooled, label: label(one.plural) }))}
          aria-label={t("poolAnalysis.object")}
        />
      ) : null}
      <Select<string>
        allowClear
        placeholder={t("poolAnalysis.allPools")}
        value={choice.pool}
        onChange={(pool) => change({ pool: pool || undefined })}
        popupMatchSelectWidth={false}
        options={pools.filter((one) => one.object === choice.object).map((one) => ({ value: one.id, label: one.name }))}
        aria-label={t("poolAnalysis.pool")}
      />
      <Select<Period>
        value={choice.period}
        onChange={(period) =>
          change(
            period === "custom"
              ? { period, from, to: addDays(to, -1) }
              : { period, from: undefined, to: undefined, unit: undefined },
          )
        }
        popupMatchSelectWidth={false}
        options={PERIODS.map((one) => ({ value: one, label: t(`analysis.periods.${one}`) }))}
        aria-label={t("analysis.period")}
      />
      {choice.period === "custom" ? (
        <DatePicker.RangePicker
          value={[dayjs(from), dayjs(addDays(to, -1))]}
          allowClear={false}
          onChange={(days) => {
            const [first, last] = days ?? [];
            if (first && last) change({ from: first.format("YYYY-MM-DD"), to: last.format("YYYY-MM-DD") });
          }}
          aria-label={t("analysis.period")}
        />
      ) : null}
      <Select<Unit>
        value={choice.unit}
        onChange={(unit) => change({ unit })}
        popupMatchSelectWidth={false}
        options={UNITS.map((one) => ({ value: one, label: t(`analysis.units.${one}`) }))}
        aria-label={t("analysis.unit")}
      />
    </div>
  );
}
