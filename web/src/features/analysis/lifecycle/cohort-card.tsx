import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { allOf, measureOf, useAggregate } from "@/engine/aggregate";
import { isKey } from "@/engine/filter/is-key";
import type { Choice } from "../choice";
import type { Figure, Row } from "../figure";
import type { FigureChart } from "../figure-body";
import { FigureCard } from "../figure-card";
import { stateOf } from "../figure-state";
import { funnelOf } from "../funnel";
import { funnelChart } from "../options";
import { useCells } from "../use-cells";
import { ACCOUNT, type Lifecycle, MOVE, withBeginnings } from "./stages";
import { enteredIn, readMoves } from "./use-moves";

const COLUMNS = ["stage", "reached", "onward", "ofAll", "lost", "here"] as const;

/** How far the customers entered in the time looked at came, and where they were lost. */
export function CohortCard({ lifecycle, choice }: { lifecycle: Lifecycle; choice: Choice }) {
  const { t } = useTranslation();
  const cells = useCells();
  const theirs = enteredIn(choice, "account.");
  const entered = enteredIn(choice);
  const moves = useAggregate(MOVE, { group_by: "from_stage,to_stage", measures: "count", filter: theirs });
  const standing = useAggregate(ACCOUNT, { group_by: "lifecycle", measures: "count", filter: entered });
  const figure = useMemo((): Figure | null => {
    if (!moves.data || !standing.data) return null;
    const { open, ended } = lifecycle;
    const now = new Map([...open, ...ended].map((stage) => [stage, measureOf(standing.data, "count", stage)]));
    const steps = funnelOf({ open, won: [], lost: ended }, withBeginnings(lifecycle, now, readMoves(moves.data)));
    const rows = steps.map((step): Row => {
      const lost = allOf(isKey("from_stage", step.stage), ended.map((stage) => isKey("to_stage", stage)).join(" || "));
      return {
        key: step.stage,
        cells: {
          stage: cells.text(lifecycle.name(step.stage)),
          reached: cells.count(step.reached),
          onward: cells.percent(step.onward),
          ofAll: cells.percent(step.ofAll),
          lost: cells.count(step.lost, { object: MOVE, filter: allOf(lost, theirs) }),
          here: cells.count(now.get(step.stage) ?? 0, {
            object: ACCOUNT,
            filter: allOf(isKey("lifecycle", step.stage), entered),
          }),
        },
      };
    });
    return {
      title: t("lifecycle.cohort.title"),
      columns: COLUMNS.map((key) => ({ key, title: t(`lifecycle.cohort.${key}`), numeric: key !== "stage" })),
      rows: (steps[0]?.reached ?? 0) > 0 ? rows : [],
    };
  }, [moves.data, standing.data, lifecycle, theirs, entered, cells, t]);
  const chart = useMemo((): FigureChart | null => {
    if (!figure) return null;
    const colors = figure.rows.map((row) => lifecycle.color(row.key));
    return { draw: funnelChart(figure, colors), height: 40 + figure.rows.length * 44, series: ["reached"] };
  }, [figure, lifecycle]);
  return (
    <FigureCard
      name="lifecycle_cohort"
      title={t("lifecycle.cohort.title")}
      help={t("lifecycle.cohort.help")}
      figure={figure}
      state={stateOf(moves, standing)}
      chart={chart}
    />
  );
}
