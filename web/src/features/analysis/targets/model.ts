import type { Json, Reference } from "@/api/types";
import { addMonths, type Day } from "@/engine/calendar/days";
import { asReference, isObject } from "@/fields/values";
import { type Span, spanOf } from "../period";

export const SALES_TARGET = "sales_target";
export const FORECAST = "forecast";

/** The periods offered: the one before to look back, the one that runs, the next one to plan. */
export const TARGET_PERIODS = [
  "last_month",
  "month",
  "next_month",
  "last_quarter",
  "quarter",
  "next_quarter",
  "last_year",
  "year",
  "next_year",
] as const;
export type TargetPeriod = (typeof TARGET_PERIODS)[number];
export type PeriodKind = "month" | "quarter" | "year";

const MONTHS: { [kind in PeriodKind]: number } = { month: 1, quarter: 3, year: 12 };

export const readPeriod = (text: string | undefined): TargetPeriod =>
  TARGET_PERIODS.find((one) => one === text) ?? "quarter";

export const kindOf = (period: TargetPeriod): PeriodKind =>
  period.endsWith("month") ? "month" : period.endsWith("quarter") ? "quarter" : "year";

/** The days of a period as they are today. */
export function targetSpan(period: TargetPeriod, today: Day): Span {
  const kind = kindOf(period);
  const running = spanOf(kind, today);
  if (period === kind) return running;
  const by = period.startsWith("last") ? -MONTHS[kind] : MONTHS[kind];
  return { from: addMonths(running.from, by), to: addMonths(running.to, by) };
}

/** What was reached of a target, or by one of those in it; null is what the caller may not see, or has no target for. */
export interface Figures {
  wanted: number | null;
  won: number | null;
  commit: number | null;
  weighted: number | null;
  open: number | null;
  undatedDeals: number;
  unratedDeals: number;
  gap: number | null;
  percent: number | null;
  expected: number | null;
  expectedPercent: number | null;
}

export interface MemberFigures extends Figures {
  member: Reference;
  target: Reference | null;
}

export const KINDS = ["won", "commit", "open", "undated"] as const;
export type Kind = (typeof KINDS)[number];

export interface TargetRow extends Figures {
  target: Reference;
  measure: string;
  state: string;
  line: string | null;
  /** Null where deals or customers are counted. */
  currency: string | null;
  partial: boolean;
  /** The lists behind the figures. */
  object: string;
  filters: { [kind in Kind]: string };
  members: MemberFigures[];
}

type Members = { [member: string]: Json };

const numberIn = (from: Members, name: string): number | null => {
  const value = from[name];
  return value === null || value === undefined ? null : Number(value);
};

const textIn = (from: Members, name: string): string => (typeof from[name] === "string" ? from[name] : "");

function figuresOf(from: Members): Figures {
  return {
    wanted: numberIn(from, "wanted"),
    won: numberIn(from, "won"),
    commit: numberIn(from, "commit"),
    weighted: numberIn(from, "weighted"),
    open: numberIn(from, "open"),
    undatedDeals: numberIn(from, "undated_deals") ?? 0,
    unratedDeals: numberIn(from, "unrated_deals") ?? 0,
    gap: numberIn(from, "gap"),
    percent: numberIn(from, "percent"),
    expected: numberIn(from, "expected"),
    expectedPercent: numberIn(from, "expected_percent"),
  };
}

function memberOf(from: Json): MemberFigures[] {
  const member = isObject(from) ? asReference(from.member) : null;
  return isObject(from) && member ? [{ ...figuresOf(from), member, target: asReference(from.target) }] : [];
}

/** The answer of the action: departments before members, each in the order of their names. */
export function readForecast(answer: Json | undefined): TargetRow[] {
  const rows = isObject(answer) && Array.isArray(answer.rows) ? answer.rows : [];
  const read = rows.flatMap((row): { row: TargetRow; whole: boolean }[] => {
    const target = isObject(row) ? asReference(row.target) : null;
    if (!isObject(row) || !target || !isObject(row.records)) return [];
    const records = row.records;
    const found = {
      ...figuresOf(row),
      target,
      measure: textIn(row, "measure"),
      state: textIn(row, "state"),
      line: textIn(row, "product_line") || null,
      currency: textIn(row, "currency") || null,
      partial: row.partial === true,
      object: textIn(records, "object"),
      filters: {
        won: textIn(records, "won"),
        commit: textIn(records, "commit"),
        open: textIn(records, "open"),
        undated: textIn(records, "undated"),
      },
      members: Array.isArray(row.members) ? row.members.flatMap(memberOf) : [],
    };
    return [{ row: found, whole: asReference(row.department) !== null }];
  });
  return read.sort((left, right) => Number(right.whole) - Number(left.whole)).map(({ row }) => row);
}

/** How far the parts of a bar reach, in per cent of its length: what was won, and with it what is to be expected. */
export function barOf({ wanted, won, expected }: Figures): { won: number; expected: number } | null {
  if (!wanted || won === null) return null;
  const part = (value: number) => Math.round(Math.min(Math.max(value / wanted, 0), 1) * 1000) / 10;
  return { won: part(won), expected: part(expected ?? won) };
}
