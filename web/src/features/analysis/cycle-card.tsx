import { Select } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { allOf, measureOf, useAggregate } from "@/engine/aggregate";
import { isKey } from "@/engine/filter/is-key";
import { useMeta } from "@/engine/meta";
import { usePreference } from "@/engine/session";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { type Choice, listOf, ofDeals, within } from "./choice";
import { type DimensionName, dimensionsFor } from "./dimensions";
import { type Figure, groupText, type Row, tally } from "./figure";
import { FigureCard } from "./figure-card";
import { stateOf } from "./figure-state";
import { barsOf, lyingHeight } from "./options";
import { begunBuckets, bucketText, partOf } from "./period";
import { useCells } from "./use-cells";
import { DEAL, type Deals, MOVE } from "./use-deals";

type By = "time" | DimensionName;

/** How many days it took from beginning to winning: the days in all stages of the deals won, by their number. */
function useCycle(deals: Deals, choice: Choice, by: By, path: string) {
  const { t } = useTranslation();
  const label = useLabel();
  const cells = useCells();
  const { span, unit } = choice;
  const won = (via: string) =>
    allOf(`${via}stage in ${listOf(deals.stages.won)}`, within(`${via}closed_at`, span), ofDeals(choice, via));
  const ofDeal = won("");
  const key = by === "time" ? `closed_at:${unit}` : path;
  const days = useAggregate(MOVE, {
    group_by: `opportunity.${key}`,
    measures: "sum(days)",
    filter: won("opportunity."),
  });
  const wins = useAggregate(DEAL, { group_by: key, measures: "count", filter: ofDeal });
  const figure = useMemo((): Figure | null => {
    if (!days.data || !wins.data) return null;
    const row = (id: string, name: string, group: unknown, behind: string): Row => {
      const count = measureOf(wins.data, "count", group as never);
      const sum = measureOf(days.data, "sum(days)", group as never);
      const open = { object: DEAL, filter: behind };
      return {
        key: id,
        cells: {
          name: cells.text(name),
          days: cells.days(count > 0 ? sum / count : null, open),
          won: cells.count(count, open),
        },
      };
    };
    const rows =
      by === "time"
        ? begunBuckets(span, unit, choice.today).map((bucket) =>
            row(
              bucket,
              bucketText(bucket, unit),
              bucket,
              allOf(
                `stage in ${listOf(deals.stages.won)}`,
                within("closed_at", partOf(span, bucket, unit)),
                ofDeals(choice),
              ),
            ),
          )
        : tally(wins.data, "count").map((one) =>
            row(
              JSON.stringify(one.key),
              groupText(one, label, t("analysis.notSet"), t("analysis.hidden")),
              one.key,
              allOf(isKey(path, one.key), ofDeal),
            ),
          );
    if (by !== "time") rows.sort((left, right) => Number(right.cells.won?.value) - Number(left.cells.won?.value));
    const name = by === "time" ? t("analysis.trend.time") : t(`analysis.dimensions.${by}`);
    return {
      title: `${t("analysis.cycle.title")} · ${name}`,
      columns: [
        { key: "name", title: name, numeric: false },
        { key: "days", title: t("analysis.cycle.days"), numeric: true },
        { key: "won", title: t("analysis.cycle.won"), numeric: true },
      ],
      rows: rows.some((one) => one.cells.won?.value !== 0) ? rows : [],
    };
  }, [days.data, wins.data, deals, choice, span, unit, by, path, ofDeal, cells, label, t]);
  return { figure, state: stateOf(days, wins) };
}

export function CycleCard({ deals, choice }: { deals: Deals; choice: Choice }) {
  const { t } = useTranslation();
  const { locale } = useFormats();
  const dimensions = dimensionsFor(useMeta()).filter((one) => one.object === DEAL);
  const [stored, setBy] = usePreference<By>("analysis.cycle.by", "time");
  const dimension = dimensions.find((one) => one.name === stored);
  const by: By = dimension ? stored : "time";
  const { figure, state } = useCycle(deals, choice, by, dimension?.path ?? "");
  const lying = by !== "time";
  const draw = useMemo(
    () => (figure ? barsOf(figure, [{ column: "days", kind: lying ? "bar" : "line" }], { lying, locale }) : null),
    [figure, lying, locale],
  );
  return (
    <FigureCard
      name="cycle"
      title={t("analysis.cycle.title")}
      help={t("analysis.cycle.help")}
      figure={figure}
      state={state}
      tools={
        <Select<By>
          size="small"
          value={by}
          onChange={setBy}
          popupMatchSelectWidth={false}
          options={[
            { value: "time" as By, label: t("analysis.trend.time") },
            ...dimensions.map((one) => ({ value: one.name as By, label: t(`analysis.dimensions.${one.name}`) })),
          ]}
          aria-label={t("analysis.by")}
        />
      }
      chart={figure && draw ? { draw, height: lying ? lyingHeight(figure.rows.length) : 220, series: ["days"] } : null}
    />
  );
}
