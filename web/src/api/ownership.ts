import { runAction, runObjectAction } from "./records";
import type { Json, Label, RecordValues, Reference } from "./types";

/** To which department records belong, and what becomes of a leaver's: what `apps/customers` answers. */

export interface MonthFigure {
  month: string;
  days: number;
  sum: string;
  average: string;
}

export interface Candidate {
  department: Reference;
  /** A number or a day; null where it is not for the caller's eyes, or nothing was measured. */
  value: string | null;
  months?: MonthFigure[];
}

export type Outcome =
  | "decided"
  | "not_needed"
  | "condition_not_met"
  | "nothing_found"
  | "problem"
  | "blocked"
  | "withheld";

export interface RuleFinding {
  rule: Reference;
  finds: string;
  measure: string | null;
  /** From a day up to, and without, another. */
  window: { from: string; until: string } | null;
  outcome: Outcome;
  found: Reference | null;
  tie: "present_kept" | "first_in_order" | null;
  reason: Label;
  candidates: Candidate[];
}

export interface Explanation {
  record: { object: string; id: string; label: string | null };
  department: Reference | null;
  fixed: boolean;
  locked: boolean;
  in_pool: boolean;
  /** A rule cannot be applied, so that nothing moves. */
  blocked: boolean;
  /** What decides rests on what the caller may not see. */
  withheld: boolean;
  decided_by: Reference | null;
  to: Reference | null;
  changes: boolean;
  rules: RuleFinding[];
  last: { decided_at: string; rule: Reference | null; from: Reference | null; to: Reference | null } | null;
}

export const explainOwnership = (object: string, id: string, action: string): Promise<Explanation> =>
  runAction(object, id, action, {}) as unknown as Promise<Explanation>;

export interface RulesPreview {
  object: string;
  looked_at: number;
  changed: number;
  same: number;
  undecided: number;
  fixed: number;
  locked: number;
  in_pool: number;
  /** Counted over what the caller himself may see. */
  partial: boolean;
  moves: { from: Reference | null; to: Reference; rule: Reference; count: number }[];
  rules: { rule: Reference; decided: number; changed: number; problem: Label | null }[];
  records: {
    id: string;
    label: string | null;
    from: Reference | null;
    to: Reference;
    rule: Reference;
    candidates: Candidate[];
  }[];
}

export const RULE = "ownership_rule";
export const TRANSFER = "ownership_transfer";

/** What the rules would change; `order` are exactly these, one after the other. Nothing is written. */
export const previewOwnership = (object: string, order: string[] | null): Promise<RulesPreview> =>
  runObjectAction(RULE, "preview", { object, ...(order ? { order } : {}) }) as unknown as Promise<RulesPreview>;

export const decideOwnership = (): Promise<Json> => runObjectAction(RULE, "decide_now", {});

/** To whom records go. */
export type Destination = { member: string } | { members: string[] } | { pool: string } | { stay: true };

export interface TransferTarget {
  object?: string;
  when?: string;
  department?: string;
  to: Destination;
}

export interface TransferPreview {
  member: Reference;
  total: number;
  objects: {
    object: string;
    total: number;
    forbidden: number;
    targets: { target: number | null; kind: "member" | "pool" | "stay"; to: Reference | null; count: number }[];
  }[];
  records: { object: string; id: string; label: string | null; kind: string; to: Reference | null }[];
}

/** Who would get what of a member's; nothing is written. */
export const previewTransfer = (member: string, plan: TransferTarget[]): Promise<TransferPreview> =>
  runObjectAction(TRANSFER, "preview", {
    member,
    plan,
  } as unknown as RecordValues) as unknown as Promise<TransferPreview>;

export const startTransfer = (input: {
  member: string;
  plan: TransferTarget[];
  reason: string;
  note?: string;
}): Promise<{ id: string }> =>
  runObjectAction(TRANSFER, "start", input as unknown as RecordValues) as unknown as Promise<{ id: string }>;

export const takeBackTransfer = (id: string): Promise<Json> => runAction(TRANSFER, id, "take_back", {});
