import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { allOf, useAggregate } from "@/engine/aggregate";
import { isKey } from "@/engine/filter/is-key";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { type Figure, groupText, share, tally } from "../figure";
import { FigureCard } from "../figure-card";
import { stateOf } from "../figure-state";
import { barsOf, lyingHeight } from "../options";
import { useCells } from "../use-cells";
import { BACK, kindIn, MOVE, type MoveKind, movesOf, type PoolChoice } from "./choice";

/** Why records came back into the pools. */
export function ReturnCard({ choice }: { choice: PoolChoice }) {
  const { t } = useTranslation();
  const { locale } = useFormats();
  const label = useLabel();
  const cells = useCells();
  const back = allOf(kindIn(BACK), movesOf(choice));
  const counts = useAggregate(MOVE, { group_by: "reason,kind", measures: "count", filter: back });
  const figure = useMemo((): Figure | null => {
    if (!counts.data) return null;
    const found = tally(counts.data, "count");
    const all = found.reduce((sum, one) => sum + (one.by[""] ?? 0), 0);
    const rows = found.map((one) => {
      const why = allOf(isKey("reason", one.key), movesOf(choice));
      const cell = (kind: MoveKind) =>
        cells.count(one.by[kind] ?? 0, { object: MOVE, filter: allOf(kindIn([kind]), why) });
      return {
        key: JSON.stringify(one.key),
        cells: {
          name: cells.text(groupText(one, label, t("analysis.notSet"), t("analysis.hidden"))),
          returned: cell("returned"),
          recycled: cell("recycled"),
          part: cells.percent(share(one.by[""] ?? 0, all)),
        },
      };
    });
    const sum = (row: (typeof rows)[number]) => Number(row.cells.returned.value) + Number(row.cells.recycled.value);
    rows.sort((left, right) => sum(right) - sum(left));
    return {
      title: t("poolAnalysis.back.title"),
      columns: (["name", "returned", "recycled", "part"] as const).map((key) => ({
        key,
        title: t(`poolAnalysis.back.${key}`),
        numeric: key !== "name",
      })),
      rows,
    };
  }, [counts.data, choice, cells, label, t]);
  const draw = useMemo(
    () =>
      figure
        ? barsOf(
            figure,
            [
              { column: "returned", color: "gold", stack: "back" },
              { column: "recycled", color: "volcano", stack: "back" },
            ],
            { lying: true, locale },
          )
        : null,
    [figure, locale],
  );
  return (
    <FigureCard
      name="pool_back"
      title={t("poolAnalysis.back.title")}
      help={t("poolAnalysis.back.help")}
      figure={figure}
      state={stateOf(counts)}
      chart={
        figure && draw ? { draw, height: lyingHeight(figure.rows.length), series: ["returned", "recycled"] } : null
      }
    />
  );
}
