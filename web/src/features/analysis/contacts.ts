import type { AggregateResult } from "@/api/types";
import { measureOf } from "@/engine/aggregate";
import type { Day } from "@/engine/calendar/days";

/** How many different customers there are: the server counts them, however many they are. */
export const CUSTOMERS = "count_distinct(account)";

export interface Contacted {
  all: number;
  /** Entered in this stretch of time or after it. */
  fresh: number;
  known: number;
}

/** The customers of one stretch of time: `totals` has one group a stretch, `fresh` those that were new in this one. */
export function contacted(
  totals: AggregateResult | undefined,
  stretch: Day,
  fresh: AggregateResult | undefined,
): Contacted {
  const all = measureOf(totals, CUSTOMERS, stretch);
  // The two are read one after the other: somebody may have been contacted in between.
  const entered = Math.min(all, measureOf(fresh, CUSTOMERS));
  return { all, fresh: entered, known: all - entered };
}
