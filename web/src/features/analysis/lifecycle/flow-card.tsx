import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { allOf, measureOf, useAggregate } from "@/engine/aggregate";
import { isKey } from "@/engine/filter/is-key";
import { useFormats } from "@/i18n/formats";
import { type Choice, ofPeople, within } from "../choice";
import { type Figure, type Row, sumBy, tally } from "../figure";
import { FigureCard } from "../figure-card";
import { stateOf } from "../figure-state";
import { barsOf } from "../options";
import { begunBuckets, bucketText, partOf } from "../period";
import { useCells } from "../use-cells";
import { ACCOUNT, type Lifecycle, MOVE } from "./stages";
import { enteredIn, movesIn } from "./use-moves";

/** New customers, and who came into which stage, week by week or month by month. */
export function FlowCard({ lifecycle, choice }: { lifecycle: Lifecycle; choice: Choice }) {
  const { t } = useTranslation();
  const { locale } = useFormats();
  const cells = useCells();
  const { span, unit, today } = choice;
  const created = useAggregate(ACCOUNT, {
    group_by: `created_at:${unit}`,
    measures: "count",
    filter: enteredIn(choice),
  });
  const moves = useAggregate(MOVE, {
    group_by: `moved_at:${unit},to_stage`,
    measures: "count",
    filter: movesIn(choice),
  });
  const stages = useMemo(() => [...lifecycle.open, ...lifecycle.ended], [lifecycle]);
  const figure = useMemo((): Figure | null => {
    if (!created.data || !moves.data) return null;
    const byTime = new Map(tally(moves.data, "count").map((one) => [one.key, one]));
    const rows = begunBuckets(span, unit, today).map((bucket): Row => {
      const part = partOf(span, bucket, unit);
      const behind = (stage: string) => ({
        object: MOVE,
        filter: allOf(isKey("to_stage", stage), within("moved_at", part), ofPeople(choice, "account.")),
      });
      const came = stages.map((stage) => [stage, cells.count(sumBy(byTime.get(bucket), [stage]), behind(stage))]);
      return {
        key: bucket,
        cells: {
          time: cells.text(bucketText(bucket, unit)),
          created: cells.count(measureOf(created.data, "count", bucket), {
            object: ACCOUNT,
            filter: allOf(within("created_at", part), ofPeople(choice)),
          }),
          ...Object.fromEntries(came),
        },
      };
    });
    return {
      title: t("lifecycle.flow.title"),
      columns: [
        { key: "time", title: t("lifecycle.flow.time"), numeric: false },
        { key: "created", title: t("lifecycle.flow.created"), numeric: true },
        ...stages.map((stage) => ({
          key: stage,
          title: t("lifecycle.moves.to", { stage: lifecycle.name(stage) }),
          numeric: true,
        })),
      ],
      rows,
    };
  }, [created.data, moves.data, choice, lifecycle, stages, span, unit, today, cells, t]);
  const draw = useMemo(() => {
    if (!figure) return null;
    const entered = stages.map((column) => ({ column, color: lifecycle.color(column) ?? "gray", stack: "moves" }));
    return barsOf(figure, [{ column: "created", kind: "line" }, ...entered], { locale });
  }, [figure, stages, lifecycle, locale]);
  return (
    <FigureCard
      name="lifecycle_flow"
      title={t("lifecycle.flow.title")}
      help={t("lifecycle.flow.help")}
      figure={figure}
      state={stateOf(created, moves)}
      chart={draw ? { draw, height: 320, series: ["created", ...stages] } : null}
      wide
    />
  );
}
