import { useMemo } from "react";
import type { AggregateResult } from "@/api/types";
import { allOf, useAggregate } from "@/engine/aggregate";
import { type Choice, ofPeople, within } from "../choice";
import type { MoveCount } from "../funnel";
import { ACCOUNT, MOVE } from "./stages";

/** The moves of the time looked at. */
export const movesIn = (choice: Choice): string => allOf(within("moved_at", choice.span), ofPeople(choice, "account."));

/** The customers entered in the time looked at; `via` is the way to them. */
export const enteredIn = (choice: Choice, via = ""): string =>
  allOf(within(`${via}created_at`, choice.span), ofPeople(choice, via));

/** An answer grouped by the stage left and the stage entered. */
export const readMoves = (result: AggregateResult): MoveCount[] =>
  result.groups.map((group) => ({
    from: (group.keys[0] as string | null) ?? null,
    to: (group.keys[1] as string | null) ?? null,
    count: Number(group.values.count ?? 0),
  }));

/** The moves in the time looked at, from stage to stage. */
export function useMoves(choice: Choice) {
  const filter = movesIn(choice);
  const asked = useAggregate(MOVE, { group_by: "from_stage,to_stage", measures: "count", filter });
  const moves = useMemo(() => (asked.data ? readMoves(asked.data) : null), [asked.data]);
  return { asked, moves, filter };
}

/** Where the customers stand now. */
export function useStanding(choice: Choice) {
  const filter = ofPeople(choice);
  const query = { group_by: "lifecycle", measures: "count", ...(filter ? { filter } : {}) };
  return { asked: useAggregate(ACCOUNT, query), filter };
}
