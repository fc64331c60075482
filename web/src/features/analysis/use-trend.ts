import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { AggregateResult } from "@/api/types";
import { allOf, measureOf, moneySums, useAggregate } from "@/engine/aggregate";
import { findField } from "@/engine/meta";
import { useFormats } from "@/i18n/formats";
import { type Choice, listOf, ofDeals, within } from "./choice";
import { type Figure, type Row, share, sumBy, tally } from "./figure";
import { stateOf } from "./figure-state";
import { begunBuckets, bucketText, partOf } from "./period";
import { useCells } from "./use-cells";
import { DEAL, type Deals } from "./use-deals";

const COLUMNS = ["time", "created", "won", "lost", "rate", "amount"] as const;

/** Deals begun, won and lost, week by week or month by month. */
export function useTrend(deals: Deals, choice: Choice) {
  const { t } = useTranslation();
  const cells = useCells();
  const { currency } = useFormats();
  const { span, unit, today } = choice;
  const mine = ofDeals(choice);
  const amount = findField(deals.deal, "amount");
  const created = useAggregate(DEAL, {
    group_by: `created_at:${unit}`,
    measures: "count",
    filter: allOf(within("created_at", span), mine),
  });
  const ended = allOf(`stage in ${listOf(deals.ends)}`, within("closed_at", span), mine);
  const closed = useAggregate(DEAL, { group_by: `closed_at:${unit},stage`, measures: "count", filter: ended });
  const sums = useAggregate(
    DEAL,
    {
      group_by: `closed_at:${unit},amount.currency`,
      measures: "sum(amount)",
      filter: allOf(`stage in ${listOf(deals.stages.won)}`, within("closed_at", span), mine),
    },
    { enabled: amount !== null },
  );
  const figure = useMemo((): Figure | null => {
    if (!created.data || !closed.data) return null;
    const byTime = new Map(tally(closed.data, "count").map((one) => [one.key, one]));
    const rows = begunBuckets(span, unit, today).map((bucket): Row => {
      const part = partOf(span, bucket, unit);
      const one = byTime.get(bucket);
      const won = sumBy(one, deals.stages.won);
      const lost = sumBy(one, deals.stages.lost);
      const endedAs = (stages: string[]) => ({
        object: DEAL,
        filter: allOf(`stage in ${listOf(stages)}`, within("closed_at", part), mine),
      });
      return {
        key: bucket,
        cells: {
          time: cells.text(bucketText(bucket, unit)),
          created: cells.count(measureOf(created.data, "count", bucket), {
            object: DEAL,
            filter: allOf(within("created_at", part), mine),
          }),
          won: cells.count(won, endedAs(deals.stages.won)),
          lost: cells.count(lost, endedAs(deals.stages.lost)),
          rate: cells.percent(share(won, won + lost)),
          ...(amount ? { amount: cells.money(wonSums(sums.data, bucket)) } : {}),
        },
      };
    });
    function wonSums(result: AggregateResult | undefined, bucket: string) {
      return amount ? moneySums(result, amount, currency, bucket) : [];
    }
    return {
      title: t("analysis.trend.title"),
      columns: COLUMNS.filter((key) => key !== "amount" || amount).map((key) => ({
        key,
        title: t(`analysis.trend.${key}`),
        numeric: key !== "time",
      })),
      rows,
    };
  }, [created.data, closed.data, sums.data, deals, span, unit, today, mine, amount, currency, cells, t]);
  return { figure, state: stateOf(created, closed) };
}
