import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/i18n/formats";
import type { Choice } from "./choice";
import type { Figure } from "./figure";
import { FigureCard } from "./figure-card";
import { barsOf } from "./options";
import type { Deals } from "./use-deals";
import { useTrend } from "./use-trend";

export const TREND_SERIES = ["created", "won", "lost"];

export function trendChart(figure: Figure, locale: string) {
  return barsOf(
    figure,
    [
      { column: "created", color: "blue" },
      { column: "won", color: "green" },
      { column: "lost", color: "red" },
    ],
    { locale },
  );
}

export function TrendCard({ deals, choice }: { deals: Deals; choice: Choice }) {
  const { t } = useTranslation();
  const { locale } = useFormats();
  const { figure, state } = useTrend(deals, choice);
  const draw = useMemo(() => (figure ? trendChart(figure, locale) : null), [figure, locale]);
  return (
    <FigureCard
      name="trend"
      title={t("analysis.trend.title")}
      help={t("analysis.trend.help")}
      figure={figure}
      state={state}
      chart={draw ? { draw, height: 320, series: TREND_SERIES } : null}
      wide
    />
  );
}
