import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { allOf, measureOf, useAggregate } from "@/engine/aggregate";
import { isKey } from "@/engine/filter/is-key";
import { useFormats } from "@/i18n/formats";
import type { Choice } from "../choice";
import { type Figure, numberOf, type Row } from "../figure";
import { FigureCard } from "../figure-card";
import { stateOf } from "../figure-state";
import { barsOf, lyingHeight } from "../options";
import { useCells } from "../use-cells";
import { type Lifecycle, MOVE } from "./stages";
import { movesIn } from "./use-moves";

const COLUMNS = ["stage", "days", "least", "most", "moves"] as const;

/** How long customers who left a stage in the time looked at had been in it. */
export function StayCard({ lifecycle, choice }: { lifecycle: Lifecycle; choice: Choice }) {
  const { t } = useTranslation();
  const { locale } = useFormats();
  const cells = useCells();
  const filter = movesIn(choice);
  const measures = "count,avg(days),min(days),max(days)";
  const left = useAggregate(MOVE, { group_by: "from_stage", measures, filter });
  const figure = useMemo((): Figure | null => {
    if (!left.data) return null;
    const rows = [...lifecycle.open, ...lifecycle.ended].flatMap((stage): Row[] => {
      const group = left.data.groups.find((one) => one.keys[0] === stage);
      if (!group) return [];
      const behind = { object: MOVE, filter: allOf(isKey("from_stage", stage), filter) };
      return [
        {
          key: stage,
          cells: {
            stage: cells.text(lifecycle.name(stage)),
            days: cells.days(numberOf(group.values["avg(days)"]), behind),
            least: cells.days(numberOf(group.values["min(days)"]), behind),
            most: cells.days(numberOf(group.values["max(days)"]), behind),
            moves: cells.count(measureOf(left.data, "count", stage), behind),
          },
        },
      ];
    });
    return {
      title: t("lifecycle.stay.title"),
      columns: COLUMNS.map((key) => ({ key, title: t(`lifecycle.stay.${key}`), numeric: key !== "stage" })),
      rows,
    };
  }, [left.data, lifecycle, filter, cells, t]);
  const draw = useMemo(
    () => (figure ? barsOf(figure, [{ column: "days" }], { lying: true, locale }) : null),
    [figure, locale],
  );
  return (
    <FigureCard
      name="lifecycle_stay"
      title={t("lifecycle.stay.title")}
      help={t("lifecycle.stay.help")}
      figure={figure}
      state={stateOf(left)}
      chart={figure && draw ? { draw, height: lyingHeight(figure.rows.length), series: ["days"] } : null}
    />
  );
}
