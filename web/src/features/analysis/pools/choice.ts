import { allOf } from "@/engine/aggregate";
import type { Day } from "@/engine/calendar/days";
import { quote } from "@/engine/filter/expression-tree";
import { within } from "../choice";
import { isPeriod, isUnit, type Period, type Span, spanOf, type Unit, unitFor } from "../period";

export const MOVE = "pool_move";

/** What lies in pools. */
export const POOLED = ["lead", "account"] as const;
export type Pooled = (typeof POOLED)[number];

/** What the URL says; everything may be absent. */
export interface PoolSearch {
  period?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  unit?: string | undefined;
  object?: string | undefined;
  pool?: string | undefined;
}

export interface PoolChoice {
  period: Period;
  span: Span;
  unit: Unit;
  object: Pooled;
  /** All pools of the object where null. */
  pool: string | null;
}

export function readPoolChoice(search: PoolSearch, today: Day): PoolChoice {
  const period = isPeriod(search.period) ? search.period : "last_12_months";
  const span = spanOf(period, today, {
    ...(search.from ? { from: search.from } : {}),
    ...(search.to ? { to: search.to } : {}),
  });
  return {
    period,
    span,
    unit: isUnit(search.unit) ? search.unit : unitFor(span),
    object: POOLED.find((one) => one === search.object) ?? "lead",
    pool: search.pool ?? null,
  };
}

export type MoveKind = "entered" | "claimed" | "assigned" | "returned" | "recycled" | "moved" | "given_back";

/** Somebody's again: what is taken out of a pool. */
export const TAKEN: MoveKind[] = ["claimed", "assigned"];
/** Given up, or taken back. */
export const BACK: MoveKind[] = ["returned", "recycled"];

/** What comes in for the first time; between pools it counts where one of them is looked at. */
export const entering = (choice: PoolChoice): MoveKind[] => (choice.pool ? ["entered", "moved"] : ["entered"]);

export const kindIn = (kinds: MoveKind[]) => `kind in [${kinds.map(quote).join(", ")}]`;

/** The moves looked at, within a span of their own where one is given. */
export const movesOf = (choice: PoolChoice, span: Span = choice.span): string =>
  allOf(
    choice.pool ? `pool == ${quote(choice.pool)}` : `pool.object == ${quote(choice.object)}`,
    within("moved_at", span),
  );

/** The records that lie in the pools now. */
export const lyingIn = (choice: PoolChoice): string =>
  allOf("owner == null", choice.pool ? `pool == ${quote(choice.pool)}` : "pool != null");

/** What was taken out of the pools in the span and is still somebody's. */
export const takenFrom = (choice: PoolChoice): string =>
  allOf(
    "owner != null",
    choice.pool ? `claimed_from == ${quote(choice.pool)}` : "claimed_from != null",
    within("claimed_at", choice.span),
  );

/** That something came of a record. */
export const succeeded = (choice: PoolChoice): string =>
  choice.object === "lead" ? `status == "converted"` : "won_amount > 0";

/** What counts towards a holding cap where closed records do not (`apps/pools`). */
export const counting = (choice: PoolChoice, closedCounts: boolean): string =>
  allOf(
    "owner != null",
    closedCounts
      ? ""
      : choice.object === "lead"
        ? `!(status in ["converted", "disqualified"])`
        : "won_amount == null || won_amount == 0",
  );
