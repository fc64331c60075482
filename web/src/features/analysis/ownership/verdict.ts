import type { Explanation } from "@/api/ownership";

export type Verdict = "fixed" | "in_pool" | "blocked" | "withheld" | "undecided" | "locked" | "changes" | "same";

/** What the next run does with a record, by what weighs most. */
export function verdictOf(
  explanation: Pick<Explanation, "fixed" | "in_pool" | "locked" | "changes" | "to"> &
    Partial<Pick<Explanation, "blocked" | "withheld">>,
): Verdict {
  const { fixed, in_pool, blocked, withheld, locked, changes, to } = explanation;
  if (fixed) return "fixed";
  if (in_pool) return "in_pool";
  if (blocked) return "blocked";
  if (withheld) return "withheld";
  if (to === null) return "undecided";
  if (changes) return locked ? "locked" : "changes";
  return "same";
}
