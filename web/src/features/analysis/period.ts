import { addDays, addMonths, type Day, daysBetween, isDay, startOfWeek } from "@/engine/calendar/days";

/** The stretches of time offered; `custom` is whatever two days say. */
export const PERIODS = [
  "month",
  "last_month",
  "quarter",
  "last_quarter",
  "year",
  "last_year",
  "last_12_months",
  "custom",
] as const;
export type Period = (typeof PERIODS)[number];

export const UNITS = ["week", "month", "quarter"] as const;
export type Unit = (typeof UNITS)[number];

/** Days from the first up to, and without, the last. */
export interface Span {
  from: Day;
  to: Day;
}

const startOfMonth = (day: Day): Day => `${day.slice(0, 7)}-01`;
const startOfYear = (day: Day): Day => `${day.slice(0, 4)}-01-01`;

function startOfQuarter(day: Day): Day {
  const month = Math.floor((Number(day.slice(5, 7)) - 1) / 3) * 3 + 1;
  return `${day.slice(0, 4)}-${String(month).padStart(2, "0")}-01`;
}

export const isPeriod = (text: string | undefined): text is Period => PERIODS.some((one) => one === text);
export const isUnit = (text: string | undefined): text is Unit => UNITS.some((one) => one === text);

/** The days of a period as they are today; `custom` falls back to the last twelve months where its days are no days. */
export function spanOf(period: Period, today: Day, custom: { from?: string; to?: string } = {}): Span {
  const month = startOfMonth(today);
  const quarter = startOfQuarter(today);
  const year = startOfYear(today);
  switch (period) {
    case "month":
      return { from: month, to: addMonths(month, 1) };
    case "last_month":
      return { from: addMonths(month, -1), to: month };
    case "quarter":
      return { from: quarter, to: addMonths(quarter, 3) };
    case "last_quarter":
      return { from: addMonths(quarter, -3), to: quarter };
    case "year":
      return { from: year, to: addMonths(year, 12) };
    case "last_year":
      return { from: addMonths(year, -12), to: year };
    case "custom":
      if (isDay(custom.from) && isDay(custom.to) && custom.from <= custom.to) {
        return { from: custom.from, to: addDays(custom.to, 1) };
      }
      return spanOf("last_12_months", today);
    case "last_12_months":
      return { from: addMonths(month, -11), to: addMonths(month, 1) };
  }
}

/** How finely a span is looked at by itself. */
export function unitFor(span: Span): Unit {
  return daysBetween(span.from, span.to) <= 100 ? "week" : "month";
}

export function startOfUnit(day: Day, unit: Unit | "day"): Day {
  if (unit === "day") return day;
  if (unit === "week") return startOfWeek(day);
  return unit === "month" ? startOfMonth(day) : startOfQuarter(day);
}

function nextUnit(day: Day, unit: Unit | "day"): Day {
  if (unit === "day") return addDays(day, 1);
  if (unit === "week") return addDays(day, 7);
  return addMonths(day, unit === "month" ? 1 : 3);
}

/** The weeks, months or quarters that a span touches, as the server groups them: by their first day. */
export function bucketsOf(span: Span, unit: Unit | "day"): Day[] {
  const buckets: Day[] = [];
  for (let day = startOfUnit(span.from, unit); day < span.to; day = nextUnit(day, unit)) buckets.push(day);
  return buckets;
}

/** Those of them that have begun. */
export function begunBuckets(span: Span, unit: Unit | "day", today: Day): Day[] {
  return bucketsOf(span, unit).filter((bucket) => bucket <= today);
}

/** The part of a span that lies in one of its buckets. */
export function partOf(span: Span, bucket: Day, unit: Unit | "day"): Span {
  const end = nextUnit(bucket, unit);
  return { from: bucket < span.from ? span.from : bucket, to: end > span.to ? span.to : end };
}

/** `2026-03`, `2026 Q1`, or the days of a week: short enough for an axis. */
export function bucketText(bucket: Day, unit: Unit | "day"): string {
  if (unit === "day") return bucket.slice(5);
  if (unit === "month") return bucket.slice(0, 7);
  if (unit === "quarter") return `${bucket.slice(0, 4)} Q${Math.ceil(Number(bucket.slice(5, 7)) / 3)}`;
  return `${bucket.slice(5)}~${addDays(bucket, 6).slice(5)}`;
}

/** Days of a span on which work is done: weekdays but public holidays, and weekend days worked instead; none to come. */
export function workingDays(
  span: Span,
  today: Day,
  holidays: ReadonlyMap<Day, { worked: boolean }> = new Map(),
): number {
  const end = span.to <= today ? span.to : addDays(today, 1);
  let count = 0;
  for (let day = span.from; day < end; day = addDays(day, 1)) {
    const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
    const holiday = holidays.get(day);
    if (holiday ? holiday.worked : weekday !== 0 && weekday !== 6) count += 1;
  }
  return count;
}
