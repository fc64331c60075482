import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { todayIn } from "@/engine/calendar/use-calendar-view";
import { useMe } from "@/engine/session";
import { useFormats } from "@/i18n/formats";
import { type Choice, readChoice } from "./choice";
import type { Figure } from "./figure";
import { FigureBody, type FigureChart, type FigureState } from "./figure-body";
import { useFunnel, useFunnelChart } from "./funnel-card";
import { TREND_SERIES, trendChart } from "./trend-card";
import { type Deals, useDeals } from "./use-deals";
import { useTrend } from "./use-trend";
import "./analysis.css";

/** The last twelve months, of one's own deals or everybody's in sight. */
function useHomeChoice(mine: boolean): Choice {
  const { timeZone } = useFormats();
  const me = useMe().user.id;
  const today = todayIn(timeZone);
  return useMemo(() => readChoice(mine ? { owner: me } : {}, today, []), [mine, me, today]);
}

interface PartProps {
  mine: boolean;
}

export function HomeFunnel({ mine }: PartProps) {
  const deals = useDeals(null);
  const choice = useHomeChoice(mine);
  return deals ? <Funnel deals={deals} choice={choice} /> : null;
}

function Funnel({ deals, choice }: { deals: Deals; choice: Choice }) {
  const { figure, state } = useFunnel(deals, choice);
  const chart = useFunnelChart(deals, figure);
  return <HomeFigure figure={figure} state={state} chart={chart} />;
}

export function HomeTrend({ mine }: PartProps) {
  const deals = useDeals(null);
  const choice = useHomeChoice(mine);
  return deals ? <Trend deals={deals} choice={choice} /> : null;
}

function Trend({ deals, choice }: { deals: Deals; choice: Choice }) {
  const { locale } = useFormats();
  const { figure, state } = useTrend(deals, choice);
  const chart = useMemo(
    () => (figure ? { draw: trendChart(figure, locale), height: 200, series: TREND_SERIES } : null),
    [figure, locale],
  );
  return <HomeFigure figure={figure} state={state} chart={chart} />;
}

interface HomeFigureProps {
  figure: Figure | null;
  state: FigureState;
  chart: FigureChart | null;
}

/** A chart with its table folded below it. */
function HomeFigure(props: HomeFigureProps) {
  const { t } = useTranslation();
  return <FigureBody {...props} table="folded" label={t("analysis.periods.last_12_months")} />;
}
