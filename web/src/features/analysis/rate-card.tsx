import { Select } from "antd";
import { type ReactNode, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { allOf, moneySums, useAggregate } from "@/engine/aggregate";
import { isKey } from "@/engine/filter/is-key";
import { findField, useMeta } from "@/engine/meta";
import { usePreference } from "@/engine/session";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { type Choice, listOf, ofDeals, within } from "./choice";
import { type Dimension, type DimensionName, dimensionsFor } from "./dimensions";
import { type Figure, groupText, share, sumBy, tally } from "./figure";
import { FigureCard } from "./figure-card";
import { stateOf } from "./figure-state";
import { barsOf, lyingHeight } from "./options";
import { useCells } from "./use-cells";
import type { Deals } from "./use-deals";

const COLUMNS = ["name", "rate", "won", "lost", "amount"] as const;

/** Deals that ended in the span, won and lost, by one of their sides. */
function useRates(deals: Deals, choice: Choice, dimension: Dimension) {
  const { t } = useTranslation();
  const label = useLabel();
  const cells = useCells();
  const { currency } = useFormats();
  const { via, path, object } = dimension;
  const ended = allOf(
    `${via}stage in ${listOf(deals.ends)}`,
    within(`${via}closed_at`, choice.span),
    ofDeals(choice, via),
  );
  const counts = useAggregate(object, { group_by: `${path},${via}stage`, measures: "count", filter: ended });
  const amount = via === "" ? findField(deals.deal, "amount") : null;
  const won = allOf(`${via}stage in ${listOf(deals.stages.won)}`, ended);
  const sums = useAggregate(
    object,
    { group_by: `${path},amount.currency`, measures: "sum(amount)", filter: won },
    { enabled: amount !== null },
  );
  const figure = useMemo((): Figure | null => {
    if (!counts.data) return null;
    const rows = tally(counts.data, "count").map((one) => {
      const wins = sumBy(one, deals.stages.won);
      const losses = sumBy(one, deals.stages.lost);
      const behind = (stages: string[]) => ({
        object,
        filter: allOf(isKey(path, one.key), `${via}stage in ${listOf(stages)}`, ended),
      });
      return {
        key: JSON.stringify(one.key),
        cells: {
          name: cells.text(groupText(one, label, t("analysis.notSet"), t("analysis.hidden"))),
          rate: cells.percent(share(wins, wins + losses), behind(deals.ends)),
          won: cells.count(wins, behind(deals.stages.won)),
          lost: cells.count(losses, behind(deals.stages.lost)),
          ...(amount ? { amount: cells.money(moneySums(sums.data, amount, currency, one.key)) } : {}),
        },
      };
    });
    rows.sort((left, right) => endedIn(right) - endedIn(left));
    const columns = COLUMNS.filter((key) => key !== "amount" || amount);
    return {
      title: `${t("analysis.rate.title")} · ${t(`analysis.dimensions.${dimension.name}`)}`,
      columns: columns.map((key) => ({
        key,
        title: key === "name" ? t(`analysis.dimensions.${dimension.name}`) : t(`analysis.rate.${key}`),
        numeric: key !== "name",
      })),
      rows,
    };
  }, [counts.data, sums.data, deals, dimension, cells, label, t, ended, amount, currency, object, path, via]);
  return { figure, state: stateOf(counts) };
}

const endedIn = (row: Figure["rows"][number]) => Number(row.cells.won?.value ?? 0) + Number(row.cells.lost?.value ?? 0);

export function RateCard({ deals, choice }: { deals: Deals; choice: Choice }) {
  const { t } = useTranslation();
  const { locale } = useFormats();
  const dimensions = dimensionsFor(useMeta());
  const [name, setName] = usePreference<DimensionName>("analysis.rate.by", "source");
  const dimension = dimensions.find((one) => one.name === name) ?? dimensions[0];
  if (!dimension) return null;
  return (
    <RateFigure
      deals={deals}
      choice={choice}
      dimension={dimension}
      locale={locale}
      tools={
        <Select<DimensionName>
          size="small"
          value={dimension.name}
          onChange={setName}
          popupMatchSelectWidth={false}
          options={dimensions.map((one) => ({ value: one.name, label: t(`analysis.dimensions.${one.name}`) }))}
          aria-label={t("analysis.by")}
        />
      }
    />
  );
}

interface RateFigureProps {
  deals: Deals;
  choice: Choice;
  dimension: Dimension;
  locale: string;
  tools: ReactNode;
}

function RateFigure({ deals, choice, dimension, locale, tools }: RateFigureProps) {
  const { t } = useTranslation();
  const { figure, state } = useRates(deals, choice, dimension);
  const draw = useMemo(
    () =>
      figure
        ? barsOf(
            figure,
            [
              { column: "won", color: "green", stack: "ended" },
              { column: "lost", color: "red", stack: "ended" },
            ],
            { lying: true, locale },
          )
        : null,
    [figure, locale],
  );
  return (
    <FigureCard
      name="rate"
      title={t("analysis.rate.title")}
      help={t("analysis.rate.help")}
      figure={figure}
      state={state}
      tools={tools}
      note={dimension.via ? t("analysis.rate.perLine") : null}
      chart={figure && draw ? { draw, height: lyingHeight(figure.rows.length), series: ["won", "lost"] } : null}
    />
  );
}
