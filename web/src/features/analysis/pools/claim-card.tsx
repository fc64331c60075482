import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { allOf, measureOf, useAggregate } from "@/engine/aggregate";
import { isKey } from "@/engine/filter/is-key";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { type Figure, groupText, share, tally } from "../figure";
import { FigureCard } from "../figure-card";
import { stateOf } from "../figure-state";
import { barsOf, lyingHeight } from "../options";
import { useCells } from "../use-cells";
import { BACK, kindIn, MOVE, movesOf, type PoolChoice, succeeded, TAKEN, takenFrom } from "./choice";

const COLUMNS = ["name", "taken", "success", "rate", "back"] as const;

/** Who took how many, what came of them, and how many he gave back or lost. */
export function ClaimCard({ choice }: { choice: PoolChoice }) {
  const { t } = useTranslation();
  const { locale } = useFormats();
  const label = useLabel();
  const cells = useCells();
  const taken = allOf(kindIn(TAKEN), movesOf(choice));
  const back = allOf(kindIn(BACK), "from_owner != null", movesOf(choice));
  const won = allOf(takenFrom(choice), succeeded(choice));
  const takes = useAggregate(MOVE, { group_by: "to_owner", measures: "count", filter: taken });
  const returns = useAggregate(MOVE, { group_by: "from_owner", measures: "count", filter: back });
  const wins = useAggregate(choice.object, { group_by: "owner", measures: "count", filter: won });
  const figure = useMemo((): Figure | null => {
    if (!takes.data || !returns.data || !wins.data) return null;
    const people = new Map(
      [...tally(takes.data, "count"), ...tally(returns.data, "count")].map((one) => [one.key, one] as const),
    );
    const rows = [...people.values()].map((one) => {
      const took = measureOf(takes.data, "count", one.key);
      const success = measureOf(wins.data, "count", one.key);
      return {
        key: JSON.stringify(one.key),
        cells: {
          name: cells.text(groupText(one, label, t("analysis.notSet"), t("analysis.hidden"))),
          taken: cells.count(took, { object: MOVE, filter: allOf(isKey("to_owner", one.key), taken) }),
          success: cells.count(success, { object: choice.object, filter: allOf(isKey("owner", one.key), won) }),
          rate: cells.percent(share(success, took)),
          back: cells.count(measureOf(returns.data, "count", one.key), {
            object: MOVE,
            filter: allOf(isKey("from_owner", one.key), back),
          }),
        },
      };
    });
    rows.sort((left, right) => Number(right.cells.taken.value) - Number(left.cells.taken.value));
    return {
      title: t("poolAnalysis.claims.title"),
      columns: COLUMNS.map((key) => ({
        key,
        title:
          key === "success"
            ? t(`poolAnalysis.success.${choice.object}.done`)
            : key === "rate"
              ? t(`poolAnalysis.success.${choice.object}.rate`)
              : t(`poolAnalysis.claims.${key}`),
        numeric: key !== "name",
      })),
      rows,
    };
  }, [takes.data, returns.data, wins.data, choice.object, taken, back, won, cells, label, t]);
  const draw = useMemo(
    () =>
      figure
        ? barsOf(
            figure,
            [
              { column: "taken", color: "green" },
              { column: "success", color: "blue" },
            ],
            { lying: true, locale },
          )
        : null,
    [figure, locale],
  );
  return (
    <FigureCard
      name="pool_claims"
      title={t("poolAnalysis.claims.title")}
      help={t(`poolAnalysis.success.${choice.object}.help`)}
      figure={figure}
      state={stateOf(takes, returns, wins)}
      chart={figure && draw ? { draw, height: lyingHeight(figure.rows.length), series: ["taken", "success"] } : null}
    />
  );
}
