/** How many deals went from one stage to another; `from` is null where they began. */
export interface MoveCount {
  from: string | null;
  to: string | null;
  count: number;
}

export interface FunnelStep {
  stage: string;
  /** Deals that came as far as this stage, or farther. */
  reached: number;
  /** The part of them that came as far as the next one. */
  onward: number | null;
  /** The part of all that began. */
  ofAll: number | null;
  /** Lost right from this stage. */
  lost: number;
}

export interface Stages {
  /** Open ones in their order. */
  open: string[];
  won: string[];
  lost: string[];
}

/**
 * The funnel of a group of deals from all their moves. A deal has reached a stage when it was moved across the line
 * before it and not back; whoever leaps over stages has passed them. Being lost crosses no line, so a lost deal counts
 * up to where it was, and a lost one that is opened again goes on from there.
 */
export function funnelOf(stages: Stages, moves: MoveCount[]): FunnelStep[] {
  const end = stages.open.length;
  const placeOf = (stage: string | null): number | null => {
    if (stage === null) return -1;
    if (stages.won.includes(stage)) return end;
    const at = stages.open.indexOf(stage);
    // What begins in the end state of the lost has been at the first stage.
    return at < 0 ? null : at;
  };
  const crossed = (line: number) =>
    moves.reduce((sum, move) => {
      const from = placeOf(move.from);
      let to = placeOf(move.to);
      if (move.from === null && to === null) to = 0;
      if (from === null || to === null) return sum;
      if (from < line && to >= line) return sum + move.count;
      return from >= line && to < line ? sum - move.count : sum;
    }, 0);
  const names = [...stages.open, ...(stages.won[0] ? [stages.won[0]] : [])];
  let most = Number.POSITIVE_INFINITY;
  const reached = names.map((_, line) => {
    most = Math.max(0, Math.min(most, crossed(line)));
    return most;
  });
  const all = reached[0] ?? 0;
  return names.map((stage, index) => {
    const here = reached[index] ?? 0;
    const next = reached[index + 1];
    return {
      stage,
      reached: here,
      onward: next === undefined || here === 0 ? null : next / here,
      ofAll: all > 0 ? here / all : null,
      lost: moves
        .filter((move) => move.from === stage && move.to !== null && stages.lost.includes(move.to))
        .reduce((sum, move) => sum + move.count, 0),
    };
  });
}

/** The moves that cross the line before a stage, as a filter of moves. */
export function crossingFilter(stages: Stages, stage: string, list: (values: string[]) => string): string {
  const at = stages.open.indexOf(stage);
  const before = at < 0 ? stages.open : stages.open.slice(0, at);
  const after = at < 0 ? [] : stages.open.slice(at);
  const begins = "!has(from_stage)";
  const from = before.length > 0 ? `(${begins} || from_stage in ${list(before)})` : begins;
  return `${from} && to_stage in ${list([...after, ...stages.won])}`;
}
