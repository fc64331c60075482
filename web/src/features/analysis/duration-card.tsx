import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { allOf, measureOf, useAggregate } from "@/engine/aggregate";
import { isKey } from "@/engine/filter/is-key";
import { useFormats } from "@/i18n/formats";
import { type Choice, ofDeals, within } from "./choice";
import { type Figure, numberOf, type Row } from "./figure";
import { FigureCard } from "./figure-card";
import { stateOf } from "./figure-state";
import { barsOf, lyingHeight } from "./options";
import { useCells } from "./use-cells";
import { type Deals, MOVE } from "./use-deals";

/** How long deals that left a stage in the span had been in it. */
export function DurationCard({ deals, choice }: { deals: Deals; choice: Choice }) {
  const { t } = useTranslation();
  const cells = useCells();
  const { locale } = useFormats();
  const left = allOf("has(from_stage)", within("moved_at", choice.span), ofDeals(choice, "opportunity."));
  const moves = useAggregate(MOVE, { group_by: "from_stage", measures: "count,avg(days),max(days)", filter: left });
  const figure = useMemo((): Figure | null => {
    if (!moves.data) return null;
    const rows = deals.stages.open.flatMap((stage): Row[] => {
      const group = moves.data.groups.find((one) => one.keys[0] === stage);
      if (!group) return [];
      const behind = { object: MOVE, filter: allOf(isKey("from_stage", stage), left) };
      return [
        {
          key: stage,
          cells: {
            stage: cells.text(deals.stageName(stage)),
            days: cells.days(numberOf(group.values["avg(days)"]), behind),
            most: cells.days(numberOf(group.values["max(days)"]), behind),
            moves: cells.count(measureOf(moves.data, "count", stage), behind),
          },
        },
      ];
    });
    const columns = ["stage", "days", "most", "moves"] as const;
    return {
      title: t("analysis.duration.title"),
      columns: columns.map((key) => ({ key, title: t(`analysis.duration.${key}`), numeric: key !== "stage" })),
      rows,
    };
  }, [moves.data, deals, cells, t, left]);
  const draw = useMemo(
    () => (figure ? barsOf(figure, [{ column: "days" }], { lying: true, locale }) : null),
    [figure, locale],
  );
  return (
    <FigureCard
      name="duration"
      title={t("analysis.duration.title")}
      help={t("analysis.duration.help")}
      figure={figure}
      state={stateOf(moves)}
      chart={figure && draw ? { draw, height: lyingHeight(figure.rows.length), series: ["days"] } : null}
    />
  );
}
