import type { Json, Reference } from "@/api/types";
import { addDays, type Day, startOfWeek } from "@/engine/calendar/days";
import { asReference, isObject } from "@/fields/values";
import type { Span } from "./period";

export const VISIT_TARGET = "visit_target";
export const ATTAINMENT = "attainment";

/** Weeks shown at most. */
const MOST_WEEKS = 8;

/** What one week was to bring and brought. */
export interface VisitWeek {
  week: Day;
  target: number;
  done: number;
  /** The week is not over. */
  current: boolean;
  /** There are more than the caller sees. */
  partial: boolean;
}

/** A department or member with a target. */
export interface Visited {
  kind: "department" | "member";
  who: Reference;
  weeks: VisitWeek[];
}

/** The last weeks of a span, as the action is asked for them: none where the span has not begun. */
export function weeksAsked(span: Span, today: Day): { from: Day; to: Day } | null {
  const last = addDays(span.to, -1) < today ? addDays(span.to, -1) : today;
  if (last < span.from) return null;
  const earliest = addDays(startOfWeek(last), -7 * (MOST_WEEKS - 1));
  return { from: span.from > earliest ? span.from : earliest, to: last };
}

/** The answer of the action, by whom the targets are for. */
export function readVisits(answer: Json | undefined): Visited[] {
  const rows = isObject(answer) && Array.isArray(answer.rows) ? answer.rows : [];
  const found = new Map<string, Visited>();
  for (const row of rows) {
    if (!isObject(row)) continue;
    const department = asReference(row.department);
    const who = department ?? asReference(row.member);
    if (!who) continue;
    const one: Visited = found.get(who.id) ?? { kind: department ? "department" : "member", who, weeks: [] };
    one.weeks.push({
      week: String(row.week),
      target: Number(row.target),
      done: Number(row.done),
      current: row.current === true,
      partial: row.partial === true,
    });
    found.set(who.id, one);
  }
  return [...found.values()];
}

/** How much of the targets of the weeks that are over was reached; of the week that runs where there is no other. */
export function attained(weeks: VisitWeek[]): number | null {
  const over = weeks.filter((one) => !one.current);
  const counted = over.length > 0 ? over : weeks;
  const target = counted.reduce((sum, one) => sum + one.target, 0);
  return target > 0 ? counted.reduce((sum, one) => sum + one.done, 0) / target : null;
}
