import type { Explanation } from "@/api/ownership";

export type Verdict = "fixed" | "in_pool" | "undecided" | "locked" | "changes" | "same";

/** What the next run does with a record, by what weighs most. */
export function verdictOf(explanation: Pick<Explanation, "fixed" | "in_pool" | "locked" | "changes" | "to">): Verdict {
  const { fixed, in_pool, locked, changes, to } = explanation;
  if (fixed) return "fixed";
  if (in_pool) return "in_pool";
  if (to === null) return "undecided";
  if (changes) return locked ? "locked" : "changes";
  return "same";
}
