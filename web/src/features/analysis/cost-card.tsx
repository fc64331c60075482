import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { runObjectAction } from "@/api/records";
import { allOf } from "@/engine/aggregate";
import { isKey } from "@/engine/filter/is-key";
import { findObject, useMeta } from "@/engine/meta";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { type Choice, listOf, within } from "./choice";
import { COST, COST_BY_SOURCE, daysAsked, readCosts, type SourceCost } from "./costs";
import type { Cell, Column, Figure, Place, Row } from "./figure";
import { FigureCard } from "./figure-card";
import { stateOf } from "./figure-state";
import { barsOf, lyingHeight } from "./options";
import { useCells } from "./use-cells";
import { DEAL } from "./use-deals";

const LEAD = "lead";

/** The columns, and the object without which there is nothing to tell in them. */
const COLUMNS = [
  { key: "name", of: COST },
  { key: "cost", of: COST },
  { key: "leads", of: LEAD },
  { key: "perLead", of: LEAD },
  { key: "conversions", of: LEAD },
  { key: "perConversion", of: LEAD },
  { key: "won", of: DEAL },
  { key: "wonAmount", of: DEAL },
  { key: "perWon", of: DEAL },
  { key: "back", of: DEAL },
] as const;

/** Records behind the numbers of a source, or of all of them. */
function usePlaces(choice: Choice) {
  const meta = useMeta();
  return useMemo(() => {
    const deal = findObject(meta, DEAL);
    const stages = deal?.fields.find((field) => field.name === "stage")?.options ?? [];
    const won = `stage in ${listOf(stages.filter((stage) => stage.won).map((stage) => stage.value))}`;
    return (row: SourceCost | null) => {
      const source = row ? isKey("source", row.source) : "";
      const at = (object: string, ...conditions: string[]): Place => ({ object, filter: allOf(source, ...conditions) });
      return {
        cost: at(COST, within("spent_on", choice.span)),
        leads: at(LEAD, within("created_at", choice.span)),
        conversions: at(LEAD, "status == 'converted'", within("converted_at", choice.span)),
        won: at(DEAL, won, within("closed_at", choice.span)),
      };
    };
  }, [meta, choice.span]);
}

/** What leads, conversions and won deals of each source cost; the server counts what the caller sees. */
export function CostCard({ choice }: { choice: Choice }) {
  const { t } = useTranslation();
  const label = useLabel();
  const cells = useCells();
  const formats = useFormats();
  const places = usePlaces(choice);
  const asked = daysAsked(choice.span);
  const answer = useQuery({
    queryKey: [...queryKeys.object(COST), COST_BY_SOURCE, asked],
    queryFn: () => runObjectAction(COST, COST_BY_SOURCE, asked),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
  const costs = useMemo(() => readCosts(answer.data), [answer.data]);
  const figure = useMemo((): Figure | null => {
    if (!costs) return null;
    const money = (value: number | null, open?: Place): Cell =>
      value === null
        ? { value: null, text: "" }
        : cells.money([{ amount: String(value), currency: costs.currency }], open);
    const count = (value: number | null, open: Place): Cell =>
      value === null ? { value: null, text: "" } : cells.count(value, open);
    const exact = (value: number | null): Cell =>
      value === null ? { value: null, text: "" } : { value, text: formats.number(value, { maximumFractionDigits: 4 }) };
    const rowOf = (key: string, name: string, one: SourceCost, open: ReturnType<typeof places>): Row => ({
      key,
      cells: {
        name: cells.text(name),
        cost: money(one.cost, open.cost),
        leads: count(one.leads, open.leads),
        perLead: money(one.perLead),
        conversions: count(one.conversions, open.conversions),
        perConversion: money(one.perConversion),
        won: count(one.won, open.won),
        wonAmount: money(one.wonAmount, open.won),
        perWon: exact(one.perWon),
        back: exact(one.back),
      },
    });
    const named = (one: SourceCost) => (one.source === null ? t("analysis.notSet") : label(one.label) || one.source);
    const rows = costs.rows.map((one) => rowOf(one.source ?? "", named(one), one, places(one)));
    if (rows.length > 1) rows.push(rowOf("@total", t("analysis.cost.total"), costs.total, places(null)));
    const columns = COLUMNS.filter(({ of }) => !costs.hidden.includes(of)).map(
      ({ key }): Column => ({ key, title: t(`analysis.cost.${key}`), numeric: key !== "name" }),
    );
    return { title: t("analysis.cost.title"), columns, rows };
  }, [costs, cells, formats, label, places, t]);
  const draw = useMemo(() => {
    if (!figure) return null;
    const drawn = { ...figure, rows: figure.rows.filter((row) => row.key !== "@total") };
    const series = [
      { column: "cost", color: "orange" },
      { column: "wonAmount", color: "green" },
    ].filter(({ column }) => figure.columns.some(({ key }) => key === column));
    return { draw: barsOf(drawn, series, { lying: true, locale: formats.locale }), rows: drawn.rows.length, series };
  }, [figure, formats.locale]);
  const notes = [
    ...(costs?.partial ? [t("analysis.cost.partial")] : []),
    ...(costs && costs.withoutRate > 0
      ? [t("analysis.cost.withoutRate", { n: formats.number(costs.withoutRate) })]
      : []),
  ];
  return (
    <FigureCard
      name="cost"
      title={t("analysis.cost.title")}
      help={t("analysis.cost.help")}
      figure={figure}
      state={stateOf(answer)}
      chart={
        draw
          ? {
              draw: draw.draw,
              height: lyingHeight(draw.rows) + draw.rows * 8,
              series: draw.series.map(({ column }) => column),
            }
          : null
      }
      note={notes.length > 0 ? notes.join(" ") : null}
      wide
      stacked
    />
  );
}
