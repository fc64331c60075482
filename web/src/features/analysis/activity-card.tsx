import { Segmented } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { allOf, useAggregate } from "@/engine/aggregate";
import { addDays, daysBetween } from "@/engine/calendar/days";
import { useHolidays } from "@/engine/calendar/holidays";
import { isKey } from "@/engine/filter/is-key";
import { usePreference } from "@/engine/session";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { type Choice, ofPeople, within } from "./choice";
import { type Figure, groupText, type Row, type Tally, tally } from "./figure";
import { FigureCard } from "./figure-card";
import { stateOf } from "./figure-state";
import { barsOf, lyingHeight } from "./options";
import { begunBuckets, bucketText, partOf, type Span, type Unit, workingDays } from "./period";
import { useCells } from "./use-cells";
import { ACTIVITY } from "./use-deals";

type By = "person" | "time";

/** Visits at which somebody is met in person. */
const FACE_TO_FACE = "kind == 'visit' && visit_method in ['door_visit', 'branch_appointment', 'salon_event']";
const MOST_SINGLE_DAYS = 31;
const COLUMNS = ["name", "calls", "callsDay", "visits", "visitsDay", "minutes", "minutesDay"] as const;

const doneIn = (span: Span, people: string) => allOf("status == 'done'", within("happened_at", span), people);

/** Calls, visits and minutes face to face that were done in the span, by member or by time. */
function useActivities(choice: Choice, by: By) {
  const { t } = useTranslation();
  const label = useLabel();
  const cells = useCells();
  const { span, today } = choice;
  const unit: Unit | "day" = daysBetween(span.from, span.to) <= MOST_SINGLE_DAYS ? "day" : choice.unit;
  const key = by === "person" ? "owner" : `happened_at:${unit}`;
  const people = ofPeople(choice);
  const done = doneIn(span, people);
  const counts = useAggregate(ACTIVITY, {
    group_by: `${key},kind`,
    measures: "count",
    filter: allOf("kind in ['call', 'visit']", done),
  });
  const met = useAggregate(ACTIVITY, {
    group_by: key,
    measures: "count,sum(duration)",
    filter: allOf(FACE_TO_FACE, done),
  });
  const holidays = useHolidays([span.from, addDays(span.to, -1)]);
  const figure = useMemo((): Figure | null => {
    if (!counts.data || !met.data) return null;
    const seconds = tally(met.data, "sum(duration)");
    const row = (id: string, name: string, one: Tally | undefined, met: Tally | undefined, when = span): Row => {
      const days = workingDays(when, today, holidays);
      const per = (value: number) => (days > 0 ? value / days : null);
      const minutes = (met?.by[""] ?? 0) / 60;
      const person = by === "person" && one ? isKey("owner", one.key) : "";
      const open = (what: string) => ({ object: ACTIVITY, filter: allOf(what, person, doneIn(when, people)) });
      const [calls, visits] = [one?.by.call ?? 0, one?.by.visit ?? 0];
      return {
        key: id,
        cells: {
          name: cells.text(name),
          calls: cells.count(calls, open("kind == 'call'")),
          callsDay: cells.decimal(per(calls)),
          visits: cells.count(visits, open("kind == 'visit'")),
          visitsDay: cells.decimal(per(visits)),
          minutes: cells.count(Math.round(minutes), open(FACE_TO_FACE)),
          minutesDay: cells.decimal(per(minutes)),
        },
      };
    };
    const found = tally(counts.data, "count");
    const rows =
      by === "person"
        ? found
            .sort((left, right) => (right.by[""] ?? 0) - (left.by[""] ?? 0))
            .map((one) => {
              const name = groupText(one, label, t("analysis.notSet"), t("analysis.hidden"));
              return row(
                String(one.key),
                name,
                one,
                seconds.find((other) => other.key === one.key),
              );
            })
        : begunBuckets(span, unit, today).map((bucket) => {
            const of = (list: Tally[]) => list.find((other) => other.key === bucket);
            return row(bucket, bucketText(bucket, unit), of(found), of(seconds), partOf(span, bucket, unit));
          });
    const daily = by === "time" && unit === "day";
    return {
      title: `${t("analysis.activity.title")} · ${t(`analysis.activity.${by}`)}`,
      columns: COLUMNS.filter((column) => !daily || !column.endsWith("Day")).map((column) => ({
        key: column,
        title: column === "name" ? t(`analysis.activity.${by}`) : t(`analysis.activity.${column}`),
        numeric: column !== "name",
      })),
      rows: found.length > 0 || seconds.length > 0 ? rows : [],
    };
  }, [counts.data, met.data, holidays, by, span, unit, today, people, cells, label, t]);
  return { figure, state: stateOf(counts, met), days: workingDays(span, today, holidays) };
}

export function ActivityCard({ choice }: { choice: Choice }) {
  const { t } = useTranslation();
  const { locale } = useFormats();
  const [by, setBy] = usePreference<By>("analysis.activity.by", "person");
  const { figure, state, days } = useActivities(choice, by);
  const lying = by === "person";
  const draw = useMemo(
    () =>
      figure
        ? barsOf(
            figure,
            [
              { column: "calls", color: "green" },
              { column: "visits", color: "gold" },
            ],
            { lying, locale },
          )
        : null,
    [figure, lying, locale],
  );
  return (
    <FigureCard
      name="activity"
      title={t("analysis.activity.title")}
      help={t("analysis.activity.help", { n: days })}
      figure={figure}
      state={state}
      tools={
        <Segmented<By>
          size="small"
          value={by}
          onChange={setBy}
          options={[
            { value: "person", label: t("analysis.activity.person") },
            { value: "time", label: t("analysis.activity.time") },
          ]}
          aria-label={t("analysis.by")}
        />
      }
      chart={
        figure && draw
          ? {
              draw,
              height: lying ? lyingHeight(figure.rows.length * 1.3) : 240,
              series: ["calls", "visits"],
            }
          : null
      }
      wide
    />
  );
}
