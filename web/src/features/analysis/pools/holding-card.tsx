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
import { counting, type PoolChoice } from "./choice";
import { type PoolEntry, useOwnLimits } from "./use-pools";

/** Days without a word after which a record lies idle at its owner's. */
const IDLE_DAYS = 30;

/** Who holds how many against his cap, and how many of them lie idle: who hoards. */
export function HoldingCard({ choice, pool }: { choice: PoolChoice; pool: PoolEntry | null }) {
  const { t } = useTranslation();
  const { locale } = useFormats();
  const label = useLabel();
  const cells = useCells();
  const limits = useOwnLimits(pool);
  const held = counting(choice, pool?.closedCounts ?? false);
  const idle = allOf(held, `last_activity_at == null || last_activity_at < now() - days(${IDLE_DAYS})`);
  const holdings = useAggregate(choice.object, { group_by: "owner", measures: "count", filter: held });
  const idles = useAggregate(choice.object, { group_by: "owner", measures: "count", filter: idle });
  const figure = useMemo((): Figure | null => {
    if (!holdings.data) return null;
    const lying = new Map(tally(idles.data, "count").map((one) => [one.key, one.by[""] ?? 0]));
    const rows = tally(holdings.data, "count").map((one) => {
      const holds = one.by[""] ?? 0;
      const own = typeof one.key === "string" ? limits.caps.get(one.key) : undefined;
      const cap = own === undefined ? (pool?.cap ?? null) : own;
      const whose = isKey("owner", one.key);
      return {
        key: JSON.stringify(one.key),
        cells: {
          name: cells.text(groupText(one, label, t("analysis.notSet"), t("analysis.hidden"))),
          holds: cells.count(holds, { object: choice.object, filter: allOf(whose, held) }),
          idle: cells.count(lying.get(one.key) ?? 0, { object: choice.object, filter: allOf(whose, idle) }),
          ...(pool
            ? {
                cap: cap === null ? cells.text(t("poolAnalysis.holdings.free")) : cells.count(cap),
                used: cap === null ? cells.percent(null) : cells.percent(share(holds, cap)),
              }
            : {}),
        },
      };
    });
    rows.sort((left, right) => Number(right.cells.holds.value) - Number(left.cells.holds.value));
    const columns = ["name", "holds", ...(pool ? (["cap", "used"] as const) : []), "idle"] as const;
    return {
      title: t("poolAnalysis.holdings.title"),
      columns: columns.map((key) => ({
        key,
        title: t(`poolAnalysis.holdings.${key}`, { n: IDLE_DAYS }),
        numeric: key !== "name",
      })),
      rows,
    };
  }, [holdings.data, idles.data, limits, pool, choice.object, held, idle, cells, label, t]);
  const draw = useMemo(
    () =>
      figure
        ? barsOf(
            figure,
            [
              { column: "holds", color: "blue" },
              { column: "idle", color: "red" },
            ],
            { lying: true, locale },
          )
        : null,
    [figure, locale],
  );
  const note = !pool ? t("poolAnalysis.holdings.choose") : limits.byRole ? t("poolAnalysis.holdings.byRole") : null;
  return (
    <FigureCard
      name="pool_holdings"
      title={t("poolAnalysis.holdings.title")}
      help={t(
        pool?.closedCounts
          ? "poolAnalysis.holdings.helpAll"
          : choice.object === "lead"
            ? "poolAnalysis.holdings.helpLead"
            : "poolAnalysis.holdings.helpAccount",
        { n: IDLE_DAYS },
      )}
      figure={figure}
      state={stateOf(holdings, idles)}
      note={note}
      chart={figure && draw ? { draw, height: lyingHeight(figure.rows.length), series: ["holds", "idle"] } : null}
      wide
    />
  );
}
