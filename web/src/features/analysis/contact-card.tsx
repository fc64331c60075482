import { keepPreviousData, useQueries } from "@tanstack/react-query";
import { Segmented } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { aggregateOptions, allOf, useAggregate } from "@/engine/aggregate";
import type { Day } from "@/engine/calendar/days";
import { usePreference } from "@/engine/session";
import { useFormats } from "@/i18n/formats";
import { type Choice, ofPeople, within } from "./choice";
import { CUSTOMERS, contacted } from "./contacts";
import type { Figure, Row } from "./figure";
import { FigureCard } from "./figure-card";
import { stateOf } from "./figure-state";
import { barsOf } from "./options";
import { begunBuckets, bucketText, partOf, UNITS, type Unit } from "./period";
import { useCells } from "./use-cells";
import { ACTIVITY } from "./use-deals";

/** Each stretch of time is a question of its own: the newest of them. */
const MOST: Record<Unit, number> = { week: 13, month: 12, quarter: 8 };
const CONTACT = "status == 'done' && kind in ['call', 'visit', 'appointment', 'message'] && has(account)";
const COLUMNS = ["name", "customers", "fresh", "known"] as const;

/** New and old customers that were contacted, per week, month or quarter. */
export function ContactCard({ choice }: { choice: Choice }) {
  const { t } = useTranslation();
  const cells = useCells();
  const { locale } = useFormats();
  const [unit, setUnit] = usePreference<Unit>("analysis.contact.unit", "month");
  const { span } = choice;
  const buckets = begunBuckets(span, unit, choice.today).slice(-MOST[unit]);
  const conditionOf = (bucket: Day) =>
    allOf(CONTACT, within("happened_at", partOf(span, bucket, unit)), ofPeople(choice));
  const enteredIn = (bucket: Day) => `account.created_at >= date("${bucket}")`;
  const [first] = buckets;
  const shown = first ? { from: partOf(span, first, unit).from, to: span.to } : span;
  const totals = useAggregate(ACTIVITY, {
    group_by: `happened_at:${unit}`,
    measures: CUSTOMERS,
    filter: allOf(CONTACT, within("happened_at", shown), ofPeople(choice)),
  });
  const asked = useQueries({
    queries: buckets.map((bucket) => ({
      ...aggregateOptions(ACTIVITY, { measures: CUSTOMERS, filter: allOf(enteredIn(bucket), conditionOf(bucket)) }),
      placeholderData: keepPreviousData,
    })),
  });
  const state = stateOf(totals, ...asked);
  const ready = !state.loading && state.error === null;
  const rows = ready
    ? buckets.map((bucket, index): Row => {
        const found = contacted(totals.data, bucket, asked[index]?.data);
        const of = conditionOf(bucket);
        const entered = enteredIn(bucket);
        return {
          key: bucket,
          cells: {
            name: cells.text(bucketText(bucket, unit)),
            customers: cells.count(found.all, { object: ACTIVITY, filter: of }),
            fresh: cells.count(found.fresh, { object: ACTIVITY, filter: allOf(entered, of) }),
            known: cells.count(found.known, { object: ACTIVITY, filter: allOf(`!(${entered})`, of) }),
          },
        };
      })
    : [];
  const signature = JSON.stringify(rows);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows are made anew each time; what they say is the signature
  const figure = useMemo((): Figure | null => {
    if (!ready) return null;
    return {
      title: `${t("analysis.contact.title")} · ${t(`analysis.units.${unit}`)}`,
      columns: COLUMNS.map((key) => ({
        key,
        title: key === "name" ? t("analysis.trend.time") : t(`analysis.contact.${key}`),
        numeric: key !== "name",
      })),
      rows: rows.some((row) => row.cells.customers?.value !== 0) ? rows : [],
    };
  }, [ready, signature, t, unit]);
  const draw = useMemo(
    () =>
      figure
        ? barsOf(
            figure,
            [
              { column: "fresh", color: "cyan", stack: "customers" },
              { column: "known", color: "blue", stack: "customers" },
            ],
            { locale },
          )
        : null,
    [figure, locale],
  );
  return (
    <FigureCard
      name="contact"
      title={t("analysis.contact.title")}
      help={t("analysis.contact.help")}
      figure={figure}
      state={state}
      tools={
        <Segmented<Unit>
          size="small"
          value={unit}
          onChange={setUnit}
          options={UNITS.map((one) => ({ value: one, label: t(`analysis.units.${one}`) }))}
          aria-label={t("analysis.unit")}
        />
      }
      chart={draw ? { draw, height: 320, series: ["fresh", "known"] } : null}
      wide
    />
  );
}
