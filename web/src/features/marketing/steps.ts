import type { RecordData } from "@/api/types";
import { asMoney, asText, isEmptyValue } from "@/fields/values";

/** A campaign is thought through, planned, carried out and looked at again; each step has its text. */
export const STEPS = ["research", "plan", "execution", "review"] as const;
export type Step = (typeof STEPS)[number];

/** `missing`: it is over, and nobody wrote it down. */
export type StepState = "done" | "current" | "missing" | "ahead";

/** How far a campaign is: the step it is at, by its status and by what is written. */
export function stepsOf(record: RecordData): { step: Step; state: StepState }[] {
  const at = stepAt(record);
  return STEPS.map((step, index) => {
    const written = !isEmptyValue(record[step]);
    if (index === at) return { step, state: "current" };
    if (index > at) return { step, state: written ? "done" : "ahead" };
    return { step, state: written ? "done" : "missing" };
  });
}

/** The index of the step it is at; beyond the last where everything is done. */
function stepAt(record: RecordData): number {
  switch (asText(record.status)) {
    case "running":
      return STEPS.indexOf("execution");
    case "done":
    case "cancelled":
      return isEmptyValue(record.review) ? STEPS.indexOf("review") : STEPS.length;
    default:
      return isEmptyValue(record.research) && isEmptyValue(record.plan) ? 0 : STEPS.indexOf("plan");
  }
}

/** Which step is shown first. */
export function stepShown(record: RecordData): Step {
  return stepsOf(record).find(({ state }) => state === "current")?.step ?? "review";
}

const DAY_MS = 86_400_000;
const dayOf = (text: string) => new Date(`${text}T00:00:00Z`).getTime();

/** How much of a campaign's time is over, 0 to 1; null without both days. */
export function timeOver(record: RecordData, today: string): number | null {
  const [from, to] = [asText(record.starts_on), asText(record.ends_on)];
  if (!from || !to || to < from) return null;
  const whole = dayOf(to) - dayOf(from) + DAY_MS;
  return Math.min(1, Math.max(0, (dayOf(today) - dayOf(from)) / whole));
}

/** How much was reached of what was expected; null where nothing was. */
export function partOf(reached: unknown, expected: unknown): number | null {
  const [part, whole] = [Number(reached ?? 0), Number(expected ?? 0)];
  return whole > 0 && Number.isFinite(part) ? part / whole : null;
}

/** How much of the budget is spent; null without one, or where it is not in the currency that costs are added up in. */
export function budgetSpent(record: RecordData, currency: string): number | null {
  const budget = asMoney(record.budget);
  return budget && budget.currency === currency ? partOf(record.cost, budget.amount) : null;
}
