import { GlobalOutlined } from "@ant-design/icons";
import { useSearch } from "@tanstack/react-router";
import { useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { todayIn } from "@/engine/calendar/use-calendar-view";
import { useObject } from "@/engine/meta";
import { useFormats } from "@/i18n/formats";
import { EmptyState } from "@/ui/empty-state";
import { MOVE, readPoolChoice } from "./choice";
import { ClaimCard } from "./claim-card";
import { FlowCard } from "./flow-card";
import { HoldingCard } from "./holding-card";
import { PoolFilters } from "./pool-filters";
import { PoolTiles } from "./pool-tiles";
import { ReturnCard } from "./return-card";
import { usePools } from "./use-pools";
import "../analysis.css";

/** `/analysis/pools`: what comes into the pools, who takes it, what becomes of it, from what the caller may see. */
export function PoolAnalysisPage() {
  const { t } = useTranslation();
  const { timeZone, locale } = useFormats();
  const search = useSearch({ from: "/shell/analysis/pools" });
  const pools = usePools();
  const today = todayIn(timeZone);
  const choice = useMemo(() => readPoolChoice(search, today), [search, today]);
  const move = useObject(MOVE);
  const pooled = useObject(choice.object);
  useEffect(() => {
    document.title = `${t("poolAnalysis.title")} · ${t("common.product")}`;
  }, [t]);
  if (!move || !pooled) {
    return <EmptyState icon={<GlobalOutlined />} title={t("analysis.none")} text={t("poolAnalysis.noneText")} />;
  }
  const day = new Intl.DateTimeFormat(locale, { year: "numeric", month: "short", day: "numeric", timeZone: "UTC" });
  const at = (text: string) => new Date(`${text}T00:00:00Z`);
  const last = new Date(at(choice.span.to).getTime() - 86_400_000);
  return (
    <div className="gx-analysis">
      <header className="gx-analysis-head">
        <h1>{t("poolAnalysis.title")}</h1>
        <p aria-live="polite">{day.formatRange(at(choice.span.from), last)}</p>
        <PoolFilters choice={choice} pools={pools ?? []} />
      </header>
      <PoolTiles choice={choice} />
      <div className="gx-analysis-cards">
        <FlowCard choice={choice} />
        <ClaimCard choice={choice} />
        <ReturnCard choice={choice} />
        <HoldingCard choice={choice} pool={pools?.find((one) => one.id === choice.pool) ?? null} />
      </div>
    </div>
  );
}
