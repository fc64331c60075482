import { useMemo } from "react";
import type { ObjectMeta } from "@/api/types";
import { quote } from "@/engine/filter/expression-tree";
import { findField, findObject, useMeta } from "@/engine/meta";
import { useLabel } from "@/i18n/i18n";
import { listOf } from "../choice";
import type { MoveCount } from "../funnel";

export const ACCOUNT = "account";
export const MOVE = "lifecycle_move";

export interface Lifecycle {
  account: ObjectMeta;
  /** Where customers stand one after the other, and where they are gone. */
  open: string[];
  ended: string[];
  name: (stage: string) => string;
  color: (stage: string) => string | null;
}

/** The stages of the lifecycle; null where the caller may not see customers or how they moved. */
export function useLifecycle(): Lifecycle | null {
  const meta = useMeta();
  const label = useLabel();
  return useMemo(() => {
    const account = findObject(meta, ACCOUNT);
    const options = account ? (findField(account, "lifecycle")?.options ?? []) : [];
    const used = options.filter((option) => !option.retired);
    if (!account || used.length === 0 || !findObject(meta, MOVE)) return null;
    const optionOf = (stage: string) => options.find((one) => one.value === stage);
    return {
      account,
      open: used.filter((option) => !option.closed).map((option) => option.value),
      ended: used.filter((option) => option.closed).map((option) => option.value),
      name: (stage) => label(optionOf(stage)?.label) || stage,
      color: (stage) => optionOf(stage)?.color ?? null,
    };
  }, [meta, label]);
}

type Stages = Pick<Lifecycle, "open" | "ended">;

/** What a move means: on to a later stage, back to an earlier one, gone, or gone and here again. */
export const DIRECTIONS = ["forward", "back", "lost", "regained"] as const;
export type Direction = (typeof DIRECTIONS)[number];

export function directionOf({ open, ended }: Stages, from: string, to: string): Direction | null {
  if (ended.includes(to)) return ended.includes(from) ? null : "lost";
  if (ended.includes(from)) return "regained";
  const step = open.indexOf(to) - open.indexOf(from);
  return step === 0 ? null : step > 0 ? "forward" : "back";
}

/** The moves in a direction, as a condition. */
export function directionFilter(stages: Stages, direction: Direction): string {
  const all = [...stages.open, ...stages.ended];
  const parts = all.flatMap((from) => {
    const to = all.filter((stage) => directionOf(stages, from, stage) === direction);
    return to.length > 0 ? [`(from_stage == ${quote(from)} && to_stage in ${listOf(to)})`] : [];
  });
  return parts.length > 0 ? parts.join(" || ") : "false";
}

/** How many moves of an answer grouped by both stages go in a direction. */
export const countOf = (stages: Stages, moves: MoveCount[], direction: Direction): number =>
  moves.reduce(
    (sum, { from, to, count }) =>
      from !== null && to !== null && directionOf(stages, from, to) === direction ? sum + count : sum,
    0,
  );

/**
 * The moves of some customers with the one each began with, which is not kept: who stands in a stage now came there by
 * a move or began there, and has not left it.
 */
export function withBeginnings(stages: Stages, standing: Map<string, number>, moves: MoveCount[]): MoveCount[] {
  const sum = (counted: MoveCount[]) => counted.reduce((total, move) => total + move.count, 0);
  const begun = [...stages.open, ...stages.ended].map((stage): MoveCount => {
    const came = sum(moves.filter((move) => move.to === stage));
    const went = sum(moves.filter((move) => move.from === stage));
    return { from: null, to: stage, count: Math.max(0, (standing.get(stage) ?? 0) - came + went) };
  });
  return [...begun.filter((move) => move.count > 0), ...moves];
}
