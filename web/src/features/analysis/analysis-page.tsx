import { LineChartOutlined } from "@ant-design/icons";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { todayIn } from "@/engine/calendar/use-calendar-view";
import { findField, useObject } from "@/engine/meta";
import { useFormats } from "@/i18n/formats";
import { EmptyState } from "@/ui/empty-state";
import { ActivityCard } from "./activity-card";
import { AnalysisFilters } from "./analysis-filters";
import { type AnalysisSearch, type Choice, readChoice, withBelow } from "./choice";
import { ContactCard } from "./contact-card";
import { CostCard } from "./cost-card";
import { COST, COST_BY_SOURCE } from "./costs";
import { CycleCard } from "./cycle-card";
import { DurationCard } from "./duration-card";
import { FunnelCard } from "./funnel-card";
import { RateCard } from "./rate-card";
import { ReasonCard } from "./reason-card";
import { SummaryTiles } from "./summary-tiles";
import { TrendCard } from "./trend-card";
import { ACTIVITY, useDeals, usePipelines } from "./use-deals";
import { useDepartments } from "./use-departments";
import { VisitCard } from "./visit-card";
import { ATTAINMENT, VISIT_TARGET } from "./visits";
import "./analysis.css";

/** `/analysis/sales`: how deals go, from what the caller may see of them. */
export function AnalysisPage() {
  const { t } = useTranslation();
  const { timeZone, locale } = useFormats();
  const search = useSearch({ from: "/shell/analysis/sales" });
  const navigate = useNavigate();
  const departments = useDepartments();
  const pipelines = usePipelines();
  const today = todayIn(timeZone);
  const choice = useMemo((): Choice => {
    const below = search.department ? withBelow(search.department, departments) : [];
    return readChoice(search, today, below);
  }, [search, today, departments]);
  const deals = useDeals(choice.pipeline);
  const activity = useObject(ACTIVITY);
  const target = useObject(VISIT_TARGET);
  const cost = useObject(COST);
  useEffect(() => {
    document.title = `${t("analysis.title")} · ${t("common.product")}`;
  }, [t]);
  const canContacts = activity !== null && findField(activity, "happened_at") !== null;
  const canCosts = cost?.actions.some((action) => action.name === COST_BY_SOURCE) === true;
  if (!deals && !canContacts && !canCosts) {
    return <EmptyState icon={<LineChartOutlined />} title={t("analysis.none")} text={t("analysis.noneText")} />;
  }
  const change = (next: AnalysisSearch) =>
    void navigate({ to: "/analysis/sales", search: (now) => ({ ...now, ...next }), replace: true });
  const day = new Intl.DateTimeFormat(locale, { year: "numeric", month: "short", day: "numeric", timeZone: "UTC" });
  const at = (text: string) => new Date(`${text}T00:00:00Z`);
  const last = new Date(at(choice.span.to).getTime() - 86_400_000);
  const shared = deals ? { deals, choice } : null;
  return (
    <div className="gx-analysis">
      <header className="gx-analysis-head">
        <h1>{t("analysis.title")}</h1>
        <p aria-live="polite">{day.formatRange(at(choice.span.from), last)}</p>
        <AnalysisFilters
          choice={choice}
          departments={departments}
          pipelines={pipelines}
          search={search}
          onChange={change}
        />
      </header>
      {shared ? <SummaryTiles {...shared} /> : null}
      <div className="gx-analysis-cards">
        {shared?.deals.move ? <FunnelCard {...shared} /> : null}
        {shared ? <TrendCard {...shared} /> : null}
        {shared ? <RateCard {...shared} /> : null}
        {shared ? <ReasonCard {...shared} /> : null}
        {canCosts ? <CostCard choice={choice} /> : null}
        {shared?.deals.move ? <DurationCard {...shared} /> : null}
        {shared?.deals.move ? <CycleCard {...shared} /> : null}
        {canContacts ? <ActivityCard choice={choice} /> : null}
        {canContacts ? <ContactCard choice={choice} /> : null}
        {target?.actions.some((action) => action.name === ATTAINMENT) ? (
          <VisitCard choice={choice} departments={departments} />
        ) : null}
      </div>
    </div>
  );
}
