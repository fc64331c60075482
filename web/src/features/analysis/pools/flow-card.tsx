import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { allOf, useAggregate } from "@/engine/aggregate";
import { useFormats } from "@/i18n/formats";
import { type Figure, type Row, sumBy, tally } from "../figure";
import { FigureCard } from "../figure-card";
import { stateOf } from "../figure-state";
import { barsOf } from "../options";
import { bucketsOf, bucketText, partOf } from "../period";
import { useCells } from "../use-cells";
import { BACK, entering, kindIn, MOVE, type MoveKind, movesOf, type PoolChoice, TAKEN } from "./choice";

const SERIES = ["entered", "back", "taken"] as const;

/** What came into the pools and what was taken out of them, week by week or month by month. */
export function FlowCard({ choice }: { choice: PoolChoice }) {
  const { t } = useTranslation();
  const { locale } = useFormats();
  const cells = useCells();
  const { span, unit } = choice;
  const counts = useAggregate(MOVE, {
    group_by: `moved_at:${unit},kind`,
    measures: "count",
    filter: movesOf(choice),
  });
  const figure = useMemo((): Figure | null => {
    if (!counts.data) return null;
    const byTime = new Map(tally(counts.data, "count").map((one) => [one.key, one]));
    const kinds: { [column in (typeof SERIES)[number]]: MoveKind[] } = {
      entered: entering(choice),
      back: BACK,
      taken: TAKEN,
    };
    const rows = bucketsOf(span, unit).map((bucket): Row => {
      const moves = movesOf(choice, partOf(span, bucket, unit));
      const cell = (names: MoveKind[]) =>
        cells.count(sumBy(byTime.get(bucket), names), { object: MOVE, filter: allOf(kindIn(names), moves) });
      return {
        key: bucket,
        cells: {
          time: cells.text(bucketText(bucket, unit)),
          entered: cell(kinds.entered),
          back: cell(kinds.back),
          taken: cell(kinds.taken),
        },
      };
    });
    return {
      title: t("poolAnalysis.flow.title"),
      columns: (["time", ...SERIES] as const).map((key) => ({
        key,
        title: t(`poolAnalysis.flow.${key}`),
        numeric: key !== "time",
      })),
      rows,
    };
  }, [counts.data, choice, span, unit, cells, t]);
  const draw = useMemo(
    () =>
      figure
        ? barsOf(
            figure,
            [
              { column: "entered", color: "blue", stack: "in" },
              { column: "back", color: "orange", stack: "in" },
              { column: "taken", color: "green", stack: "out" },
            ],
            { locale },
          )
        : null,
    [figure, locale],
  );
  return (
    <FigureCard
      name="pool_flow"
      title={t("poolAnalysis.flow.title")}
      help={t("poolAnalysis.flow.help")}
      figure={figure}
      state={stateOf(counts)}
      chart={draw ? { draw, height: 320, series: [...SERIES] } : null}
      wide
    />
  );
}
