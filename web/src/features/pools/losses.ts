import type { OwnerLoss } from "@/api/pools";

/** Those who would be left with nothing. */
export const losersOfAll = (owners: OwnerLoss[]): OwnerLoss[] =>
  owners.filter(({ loses, holds }) => loses > 0 && loses >= holds);

/** What part of his records somebody would lose, in percent; never 100 while something stays. */
export function lostPercent({ loses, holds }: OwnerLoss): number {
  if (loses <= 0) return 0;
  if (loses >= holds) return 100;
  return Math.min(99, Math.max(1, Math.round((loses / holds) * 100)));
}
