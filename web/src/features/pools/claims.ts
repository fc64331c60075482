import { isApiError } from "@/api/errors";
import type { Refusal, RunState, Target } from "@/engine/list/actions/run-over";

/** Mine; somebody else's, who was faster; kept back by a limit or a wait of the pool; refused otherwise; not tried. */
export type ClaimKind = "claimed" | "taken" | "limit" | "refused" | "untried";

export interface Claimed extends Target {
  kind: ClaimKind;
  /** Why not; nothing to say where it was not refused. */
  error: unknown;
}

const kindOf = ({ error }: Refusal): ClaimKind =>
  isApiError(error, "already_claimed") ? "taken" : isApiError(error, "claim_refused") ? "limit" : "refused";

/** What became of each record, in the order they were claimed; without those on which there is no answer yet. */
export function claimOutcomes(targets: Target[], state: RunState, left: Target[]): Claimed[] {
  const done = new Set(state.done.map(({ id }) => id));
  const refused = new Map(state.refused.map((one) => [one.id, one]));
  const untried = new Set(left.map(({ id }) => id));
  return targets.flatMap((target): Claimed[] => {
    const refusal = refused.get(target.id);
    if (refusal) return [{ ...target, kind: kindOf(refusal), error: refusal.error }];
    if (done.has(target.id)) return [{ ...target, kind: "claimed", error: null }];
    return untried.has(target.id) ? [{ ...target, kind: "untried", error: null }] : [];
  });
}

/** How many of each kind, those there are. */
export function countKinds(outcomes: Claimed[]): { kind: ClaimKind; count: number }[] {
  const kinds: ClaimKind[] = ["claimed", "taken", "limit", "refused", "untried"];
  return kinds
    .map((kind) => ({ kind, count: outcomes.filter((one) => one.kind === kind).length }))
    .filter(({ count }) => count > 0);
}
