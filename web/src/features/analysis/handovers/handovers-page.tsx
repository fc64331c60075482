import { SwapOutlined } from "@ant-design/icons";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { DatePicker, Select } from "antd";
import dayjs from "dayjs";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { addDays } from "@/engine/calendar/days";
import { todayIn } from "@/engine/calendar/use-calendar-view";
import { useObject } from "@/engine/meta";
import { useFormats } from "@/i18n/formats";
import { EmptyState } from "@/ui/empty-state";
import { within } from "../choice";
import { isPeriod, PERIODS, type Period, spanOf } from "../period";
import { DepartmentCard } from "./department-card";
import { HANDOVER } from "./model";
import "../analysis.css";

export interface HandoverSearch {
  period?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/** `/analysis/handovers`: how long departments take with what is handed over to them, from what the caller may see. */
export function HandoversPage() {
  const { t } = useTranslation();
  const { timeZone } = useFormats();
  const navigate = useNavigate();
  const search = useSearch({ from: "/shell/analysis/handovers" });
  const object = useObject(HANDOVER);
  useEffect(() => {
    document.title = `${t("handovers.title")} · ${t("common.product")}`;
  }, [t]);
  if (!object) return <EmptyState icon={<SwapOutlined />} title={t("analysis.none")} text={t("handovers.noneText")} />;
  const period: Period = isPeriod(search.period) ? search.period : "last_12_months";
  const custom = { ...(search.from ? { from: search.from } : {}), ...(search.to ? { to: search.to } : {}) };
  const span = spanOf(period, todayIn(timeZone), custom);
  const change = (next: HandoverSearch) => void navigate({ to: "/analysis/handovers", search: next, replace: true });
  return (
    <div className="gx-analysis">
      <header className="gx-analysis-head">
        <h1>{t("handovers.title")}</h1>
        <p>{t("handovers.subtitle")}</p>
        <div className="gx-analysis-filters" role="toolbar" aria-label={t("analysis.filters")}>
          <Select<Period>
            value={period}
            onChange={(next) =>
              change(next === "custom" ? { period: next, from: span.from, to: addDays(span.to, -1) } : { period: next })
            }
            popupMatchSelectWidth={false}
            options={PERIODS.map((one) => ({ value: one, label: t(`analysis.periods.${one}`) }))}
            aria-label={t("analysis.period")}
          />
          {period === "custom" ? (
            <DatePicker.RangePicker
              value={[dayjs(span.from), dayjs(addDays(span.to, -1))]}
              allowClear={false}
              onChange={(days) => {
                const [first, last] = days ?? [];
                if (first && last) {
                  change({ period, from: first.format("YYYY-MM-DD"), to: last.format("YYYY-MM-DD") });
                }
              }}
              aria-label={t("analysis.period")}
            />
          ) : null}
        </div>
      </header>
      <div className="gx-analysis-cards">
        <DepartmentCard within={within("offered_at", span)} />
      </div>
    </div>
  );
}
