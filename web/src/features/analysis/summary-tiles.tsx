import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { allOf, measureOf, moneySums, sumQuery, useAggregate } from "@/engine/aggregate";
import { findField } from "@/engine/meta";
import { moneySumText } from "@/fields/money/text";
import { useFormats } from "@/i18n/formats";
import { type Choice, listOf, ofDeals, within } from "./choice";
import { share } from "./figure";
import { Tile } from "./tile";
import { useCells } from "./use-cells";
import { DEAL, type Deals, MOVE } from "./use-deals";

/** The four numbers that are asked for first. */
export function SummaryTiles({ deals, choice }: { deals: Deals; choice: Choice }) {
  const { t } = useTranslation();
  const cells = useCells();
  const formats = useFormats();
  const amount = findField(deals.deal, "amount");
  const { won, lost } = deals.stages;
  const mine = ofDeals(choice);
  const openNow = allOf(`!(stage in ${listOf(deals.ends)})`, mine);
  const ended = (stages: string[], via = "") =>
    allOf(`${via}stage in ${listOf(stages)}`, within(`${via}closed_at`, choice.span), ofDeals(choice, via));
  const open = useAggregate(DEAL, { ...sumQuery(amount), filter: openNow });
  const wins = useAggregate(DEAL, { ...sumQuery(amount), filter: ended(won) });
  const losses = useAggregate(DEAL, { measures: "count", filter: ended(lost) });
  const days = useAggregate(
    MOVE,
    { measures: "sum(days)", filter: ended(won, "opportunity.") },
    { enabled: deals.move !== null },
  );
  const number = (value: number) => formats.number(value);
  const [winCount, lossCount] = [measureOf(wins.data, "count"), measureOf(losses.data, "count")];
  const money = useMemo(
    () => (data: typeof open.data) =>
      amount ? moneySumText(moneySums(data, amount, formats.currency), formats) : null,
    [amount, formats],
  );
  return (
    <dl className="gx-analysis-tiles">
      <Tile
        name={t("analysis.tiles.open")}
        value={open.data ? (money(open.data) ?? number(measureOf(open.data, "count"))) : null}
        note={t("home.deals", { n: number(measureOf(open.data, "count")) })}
        open={{ object: DEAL, filter: openNow }}
      />
      <Tile
        name={t("analysis.tiles.won")}
        value={wins.data ? (money(wins.data) ?? number(winCount)) : null}
        note={t("home.deals", { n: number(winCount) })}
        open={{ object: DEAL, filter: ended(won) }}
      />
      <Tile
        name={t("analysis.tiles.rate")}
        value={wins.data && losses.data ? cells.percent(share(winCount, winCount + lossCount)).text || "—" : null}
        note={t("analysis.tiles.ended", { won: number(winCount), lost: number(lossCount) })}
        open={{ object: DEAL, filter: ended(deals.ends) }}
      />
      {deals.move ? (
        <Tile
          name={t("analysis.tiles.cycle")}
          value={
            days.data && wins.data
              ? cells.days(winCount > 0 ? measureOf(days.data, "sum(days)") / winCount : null).text || "—"
              : null
          }
          note={t("analysis.tiles.cycleNote")}
          open={{ object: DEAL, filter: ended(won) }}
        />
      ) : null}
    </dl>
  );
}
