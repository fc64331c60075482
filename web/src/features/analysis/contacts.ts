import type { AggregateResult } from "@/api/types";

/** How many customers were contacted; `more` where there were too many to count. */
export interface Contacted {
  fresh: number;
  known: number;
  more: boolean;
}

/**
 * The customers of one stretch of time, told apart by when they were entered: a group per customer, with the moment in
 * its only measure. New is who was entered in this stretch or after it.
 */
export function contacted(result: AggregateResult, since: string, measure: string): Contacted {
  let fresh = 0;
  let known = 0;
  for (const group of result.groups) {
    if (group.keys[0] === null) continue;
    const entered = String(group.values[measure] ?? "");
    if (entered !== "" && entered >= since) fresh += 1;
    else known += 1;
  }
  return { fresh, known, more: result.truncated };
}
