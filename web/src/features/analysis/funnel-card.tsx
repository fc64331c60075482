import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { allOf, measureOf, useAggregate } from "@/engine/aggregate";
import { isKey } from "@/engine/filter/is-key";
import { type Choice, listOf, ofDeals, within } from "./choice";
import type { Figure, Row } from "./figure";
import type { FigureChart } from "./figure-body";
import { FigureCard } from "./figure-card";
import { stateOf } from "./figure-state";
import { crossingFilter, funnelOf, type MoveCount } from "./funnel";
import { funnelChart } from "./options";
import { useCells } from "./use-cells";
import { DEAL, type Deals, MOVE } from "./use-deals";

/** How far the deals that began in the span came, and where they were lost. */
export function useFunnel(deals: Deals, choice: Choice) {
  const { t } = useTranslation();
  const cells = useCells();
  const begun = allOf(within("opportunity.created_at", choice.span), ofDeals(choice, "opportunity."));
  const moves = useAggregate(MOVE, { group_by: "from_stage,to_stage", measures: "count", filter: begun });
  const ofDeal = allOf(within("created_at", choice.span), ofDeals(choice));
  const here = useAggregate(DEAL, { group_by: "stage", measures: "count", filter: ofDeal });
  const figure = useMemo((): Figure | null => {
    if (!moves.data || !here.data) return null;
    const counts = moves.data.groups.map(
      (group): MoveCount => ({
        from: (group.keys[0] as string | null) ?? null,
        to: (group.keys[1] as string | null) ?? null,
        count: Number(group.values.count ?? 0),
      }),
    );
    const steps = funnelOf(deals.stages, counts);
    const rows = steps.map((step): Row => {
      const behind = { object: MOVE, filter: allOf(crossingFilter(deals.stages, step.stage, listOf), begun) };
      const lost = { object: MOVE, filter: allOf(isKey("from_stage", step.stage), leftFor(deals), begun) };
      return {
        key: step.stage,
        cells: {
          stage: cells.text(deals.stageName(step.stage)),
          reached: cells.count(step.reached, behind),
          onward: cells.percent(step.onward),
          ofAll: cells.percent(step.ofAll),
          lost: cells.count(step.lost, lost),
          leak: cells.percent(step.reached > 0 ? step.lost / step.reached : null),
          here: cells.count(measureOf(here.data, "count", step.stage), {
            object: DEAL,
            filter: allOf(isKey("stage", step.stage), ofDeal),
          }),
        },
      };
    });
    const columns = ["stage", "reached", "onward", "ofAll", "lost", "leak", "here"] as const;
    return {
      title: t("analysis.funnel.title"),
      columns: columns.map((key) => ({ key, title: t(`analysis.funnel.${key}`), numeric: key !== "stage" })),
      rows: (steps[0]?.reached ?? 0) > 0 ? rows : [],
    };
  }, [moves.data, here.data, deals, cells, t, begun, ofDeal]);
  return { figure, state: stateOf(moves, here) };
}

const leftFor = (deals: Deals) => `to_stage in ${listOf(deals.stages.lost)}`;

/** The chart of a funnel, its steps in the colours of their stages. */
export function useFunnelChart(deals: Deals, figure: Figure | null): FigureChart | null {
  return useMemo(() => {
    if (!figure) return null;
    const colors = figure.rows.map((row) => deals.stageColor(row.key));
    return { draw: funnelChart(figure, colors), height: 40 + figure.rows.length * 40, series: ["reached"] };
  }, [figure, deals]);
}

export function FunnelCard({ deals, choice }: { deals: Deals; choice: Choice }) {
  const { t } = useTranslation();
  const { figure, state } = useFunnel(deals, choice);
  const chart = useFunnelChart(deals, figure);
  return (
    <FigureCard
      name="funnel"
      title={t("analysis.funnel.title")}
      help={t("analysis.funnel.help")}
      figure={figure}
      state={state}
      chart={chart}
      wide
    />
  );
}
