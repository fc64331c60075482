import { Segmented } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { measureOf, useAggregate } from "@/engine/aggregate";
import { usePreference } from "@/engine/session";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { type Figure, groupText, tally } from "../figure";
import { FigureCard } from "../figure-card";
import { stateOf } from "../figure-state";
import { barsOf, lyingHeight } from "../options";
import { useCells } from "../use-cells";
import { counted, HANDOVER, hours, SIDES, type Side } from "./model";

const COLUMNS = ["name", "offered", "accepted", "declined", "waiting", "late", "answer", "longest", "whole"] as const;
const TIMES = "avg(answer_time),max(answer_time),avg(total_time)";

/** How many hand-overs departments were offered, what became of them, and how long it took. */
export function DepartmentCard({ within }: { within: string }) {
  const { t } = useTranslation();
  const { locale } = useFormats();
  const label = useLabel();
  const cells = useCells();
  const [side, setSide] = usePreference<Side>("analysis.handovers.side", "to_department");
  const count = (filter: string) => ({ group_by: side, measures: "count", filter });
  const offered = useAggregate(HANDOVER, count(counted(within, "offered")));
  const declined = useAggregate(HANDOVER, count(counted(within, "declined")));
  const waiting = useAggregate(HANDOVER, count(counted(within, "waiting")));
  const late = useAggregate(HANDOVER, count(counted(within, "late")));
  const accepted = useAggregate(HANDOVER, {
    group_by: side,
    measures: `count,${TIMES}`,
    filter: counted(within, "accepted"),
  });
  const figure = useMemo((): Figure | null => {
    const all = [offered.data, declined.data, waiting.data, late.data, accepted.data];
    if (all.some((one) => !one)) return null;
    const rows = tally(offered.data, "count").map(({ key, label: named, by }) => {
      const open = (what: Parameters<typeof counted>[1]) => ({
        object: HANDOVER,
        filter: counted(within, what, side, key),
      });
      const taken = (measure: string) => cells.decimal(hours(accepted.data, measure, key), open("accepted"));
      return {
        key: JSON.stringify(key),
        cells: {
          name: cells.text(groupText({ key, label: named, by }, label, t("analysis.notSet"), t("analysis.hidden"))),
          offered: cells.count(by[""] ?? 0, open("offered")),
          accepted: cells.count(measureOf(accepted.data, "count", key), open("accepted")),
          declined: cells.count(measureOf(declined.data, "count", key), open("declined")),
          waiting: cells.count(measureOf(waiting.data, "count", key), open("waiting")),
          late: cells.count(measureOf(late.data, "count", key), open("late")),
          answer: taken("avg(answer_time)"),
          longest: taken("max(answer_time)"),
          whole: taken("avg(total_time)"),
        },
      };
    });
    rows.sort((left, right) => Number(right.cells.offered.value) - Number(left.cells.offered.value));
    return {
      title: t("handovers.byDepartment"),
      columns: COLUMNS.map((key) => ({ key, title: t(`handovers.columns.${key}`), numeric: key !== "name" })),
      rows,
    };
  }, [offered.data, declined.data, waiting.data, late.data, accepted.data, within, side, cells, label, t]);
  const draw = useMemo(
    () => (figure ? barsOf(figure, [{ column: "answer", color: "blue" }], { lying: true, locale }) : null),
    [figure, locale],
  );
  return (
    <FigureCard
      name="handovers"
      title={t("handovers.byDepartment")}
      help={t("handovers.help")}
      figure={figure}
      state={stateOf(offered, declined, waiting, late, accepted)}
      wide
      stacked
      tools={
        <Segmented<Side>
          size="small"
          value={side}
          onChange={setSide}
          options={SIDES.map((value) => ({ value, label: t(`handovers.sides.${value}`) }))}
          aria-label={t("analysis.by")}
        />
      }
      chart={figure && draw ? { draw, height: lyingHeight(figure.rows.length), series: ["answer"] } : null}
    />
  );
}
