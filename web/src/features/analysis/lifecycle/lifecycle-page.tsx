import { SyncOutlined } from "@ant-design/icons";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { todayIn } from "@/engine/calendar/use-calendar-view";
import { useFormats } from "@/i18n/formats";
import { EmptyState } from "@/ui/empty-state";
import { AnalysisFilters } from "../analysis-filters";
import { type AnalysisSearch, type Choice, readChoice, withBelow } from "../choice";
import { useDepartments } from "../use-departments";
import { CohortCard } from "./cohort-card";
import { FlowCard } from "./flow-card";
import { LifecycleTiles } from "./lifecycle-tiles";
import { MovesCard } from "./moves-card";
import { PeopleCard } from "./people-card";
import { useLifecycle } from "./stages";
import { StandingCard } from "./standing-card";
import { StayCard } from "./stay-card";
import "../analysis.css";

/** `/analysis/lifecycle`: where customers stand and how they move on, from what the caller may see of them. */
export function LifecyclePage() {
  const { t } = useTranslation();
  const { timeZone, locale } = useFormats();
  const navigate = useNavigate();
  const search = useSearch({ from: "/shell/analysis/lifecycle" });
  const departments = useDepartments();
  const today = todayIn(timeZone);
  const choice = useMemo((): Choice => {
    const below = search.department ? withBelow(search.department, departments) : [];
    return readChoice(search, today, below);
  }, [search, today, departments]);
  const lifecycle = useLifecycle();
  useEffect(() => {
    document.title = `${t("lifecycle.title")} · ${t("common.product")}`;
  }, [t]);
  if (!lifecycle) {
    return <EmptyState icon={<SyncOutlined />} title={t("analysis.none")} text={t("lifecycle.noneText")} />;
  }
  const change = (next: AnalysisSearch) =>
    void navigate({ to: "/analysis/lifecycle", search: (now) => ({ ...now, ...next }), replace: true });
  const day = new Intl.DateTimeFormat(locale, { year: "numeric", month: "short", day: "numeric", timeZone: "UTC" });
  const at = (text: string) => new Date(`${text}T00:00:00Z`);
  const last = new Date(at(choice.span.to).getTime() - 86_400_000);
  const shared = { lifecycle, choice };
  return (
    <div className="gx-analysis">
      <header className="gx-analysis-head">
        <h1>{t("lifecycle.title")}</h1>
        <p aria-live="polite">{day.formatRange(at(choice.span.from), last)}</p>
        <AnalysisFilters choice={choice} departments={departments} search={search} onChange={change} />
      </header>
      <LifecycleTiles {...shared} />
      <div className="gx-analysis-cards">
        <StandingCard {...shared} />
        <CohortCard {...shared} />
        <StayCard {...shared} />
        <FlowCard {...shared} />
        <MovesCard {...shared} />
        <PeopleCard {...shared} />
      </div>
    </div>
  );
}
