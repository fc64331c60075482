/** A step of a process as a diagram needs it: who does it, and what must be done before. */
export interface LaneStep {
  id: string;
  name: string;
  /** Who does it; steps of the same lane stand in one row. */
  lane: string;
  after: readonly string[];
}

export interface PlacedStep<Step extends LaneStep = LaneStep> {
  step: Step;
  /** How many steps at least come before, one after the other. */
  column: number;
  /** In its lane, from the top. */
  row: number;
  x: number;
  y: number;
}

export interface PlacedLane {
  name: string;
  y: number;
  height: number;
}

export interface LaneLayout<Step extends LaneStep = LaneStep> {
  /** By columns, each from the top down: the order they are read in. */
  steps: PlacedStep<Step>[];
  lanes: PlacedLane[];
  width: number;
  height: number;
  columns: number;
  /** How wide each step is. */
  node: number;
}

/** How wide steps are so that so many columns fit into a width, if they can. */
function nodeWidth(columns: number, room: number | null): number {
  if (room === null || columns === 0) return NODE.widest;
  const fits = Math.floor((room - LANE_NAME - 2 * PAD - (columns - 1) * GAP.x) / columns);
  return Math.min(NODE.widest, Math.max(NODE.narrowest, fits));
}

/** The widths of a step: as wide as there is room for all of them, within these. */
export const NODE = { narrowest: 144, widest: 208, height: 64 };
const GAP = { x: 28, y: 12 };
const PAD = 12;
/** Room for the lanes' names, at the left. */
export const LANE_NAME = 100;

/** What each step really waits for: what is not there, itself and what is named twice left out. */
function known(steps: readonly LaneStep[]): Map<string, string[]> {
  const ids = new Set(steps.map(({ id }) => id));
  return new Map(steps.map(({ id, after }) => [id, [...new Set(after)].filter((one) => one !== id && ids.has(one))]));
}

/** The steps that wait for each other in a circle, so that none of them can ever begin. */
export function inCircles(steps: readonly LaneStep[]): string[] {
  const after = known(steps);
  const reaches = (from: string, to: string): boolean => {
    const seen = new Set<string>();
    const open = [...(after.get(from) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next === to) return true;
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...(after.get(next) ?? []));
    }
    return false;
  };
  return steps.filter(({ id }) => reaches(id, id)).map(({ id }) => id);
}

/** Whether `step` may wait for `other` without a circle. */
export function mayWaitFor(steps: readonly LaneStep[], step: string, other: string): boolean {
  if (step === other) return false;
  const tried = steps.map((one) => (one.id === step ? { ...one, after: [...one.after, other] } : one));
  return !inCircles(tried).includes(step);
}

/** The column of each step: one behind the last of those it waits for. In a circle it stands where it was met. */
function columnsOf(steps: readonly LaneStep[]): Map<string, number> {
  const after = known(steps);
  const columns = new Map<string, number>();
  const visiting = new Set<string>();
  const visit = (id: string): number => {
    const done = columns.get(id);
    if (done !== undefined) return done;
    if (visiting.has(id)) return -1;
    visiting.add(id);
    const column = Math.max(-1, ...(after.get(id) ?? []).map(visit)) + 1;
    visiting.delete(id);
    columns.set(id, column);
    return column;
  };
  for (const { id } of steps) visit(id);
  return columns;
}

/** Where everything is drawn; lanes in the order given, and those not named there below; `room` is the width there is. */
export function layoutLanes<Step extends LaneStep>(
  steps: readonly Step[],
  order: readonly string[] = [],
  room: number | null = null,
): LaneLayout<Step> {
  const columns = columnsOf(steps);
  const count = Math.max(0, ...[...columns.values()].map((column) => column + 1));
  const node = nodeWidth(count, room);
  const used = new Set(steps.map(({ lane }) => lane));
  const names = [...new Set([...order.filter((lane) => used.has(lane)), ...used])];
  const lanes: PlacedLane[] = [];
  const placed: PlacedStep<Step>[] = [];
  let y = 0;
  for (const name of names) {
    const rows = new Map<number, number>();
    const own = steps.filter(({ lane }) => lane === name);
    for (const step of own) {
      const column = columns.get(step.id) ?? 0;
      const row = rows.get(column) ?? 0;
      rows.set(column, row + 1);
      placed.push({
        step,
        column,
        row,
        x: LANE_NAME + PAD + column * (node + GAP.x),
        y: y + PAD + row * (NODE.height + GAP.y),
      });
    }
    const most = Math.max(1, ...rows.values());
    const height = 2 * PAD + most * NODE.height + (most - 1) * GAP.y;
    lanes.push({ name, y, height });
    y += height;
  }
  placed.sort((one, other) => one.column - other.column || one.y - other.y);
  return {
    steps: placed,
    lanes,
    width: LANE_NAME + 2 * PAD + count * node + Math.max(0, count - 1) * GAP.x,
    height: y,
    columns: count,
    node,
  };
}

/** The line from a step to one that waits for it: out at the right, in at the left, round at the corners. */
export function arrowOf(from: PlacedStep, to: PlacedStep, node: number): string {
  const start = { x: from.x + node, y: from.y + NODE.height / 2 };
  const end = { x: to.x, y: to.y + NODE.height / 2 };
  if (Math.abs(start.y - end.y) < 1) return `M ${start.x} ${start.y} H ${end.x - 2}`;
  // It turns right before the step it leads to, where nothing stands in between.
  const turn = end.x - GAP.x / 2;
  const down = end.y > start.y ? 1 : -1;
  const bend = Math.min(8, Math.abs(end.y - start.y) / 2);
  return [
    `M ${start.x} ${start.y}`,
    `H ${turn - bend}`,
    `Q ${turn} ${start.y} ${turn} ${start.y + down * bend}`,
    `V ${end.y - down * bend}`,
    `Q ${turn} ${end.y} ${turn + bend} ${end.y}`,
    `H ${end.x - 2}`,
  ].join(" ");
}

/** All lines of a diagram. */
export function arrowsOf(layout: LaneLayout): { key: string; from: string; to: string; path: string }[] {
  const at = new Map(layout.steps.map((placed) => [placed.step.id, placed]));
  return layout.steps.flatMap((to) =>
    [...new Set(to.step.after)].flatMap((id) => {
      const from = at.get(id);
      return from && from !== to
        ? [{ key: `${id} ${to.step.id}`, from: id, to: to.step.id, path: arrowOf(from, to, layout.node) }]
        : [];
    }),
  );
}

/** The lane at a height of the diagram. */
export const laneAt = (layout: Pick<LaneLayout, "lanes">, y: number): string | null =>
  layout.lanes.find((lane) => y >= lane.y && y < lane.y + lane.height)?.name ?? null;

/** The step an arrow key leads to: on to what waits for it, back to what it waits for, up and down in its column. */
export function stepByArrow(layout: LaneLayout, id: string, key: string): string | null {
  const at = layout.steps.find(({ step }) => step.id === id);
  if (!at) return null;
  const nearest = (among: PlacedStep[]) =>
    among.toSorted((one, other) => Math.abs(one.y - at.y) - Math.abs(other.y - at.y))[0]?.step.id ?? null;
  switch (key) {
    case "ArrowRight":
      return (
        nearest(layout.steps.filter(({ step }) => step.after.includes(id))) ??
        nearest(layout.steps.filter(({ column }) => column === at.column + 1))
      );
    case "ArrowLeft":
      return (
        nearest(layout.steps.filter(({ step }) => at.step.after.includes(step.id))) ??
        nearest(layout.steps.filter(({ column }) => column === at.column - 1))
      );
    case "ArrowDown":
      return layout.steps.find(({ column, y }) => column === at.column && y > at.y)?.step.id ?? null;
    case "ArrowUp":
      return layout.steps.findLast(({ column, y }) => column === at.column && y < at.y)?.step.id ?? null;
    default:
      return null;
  }
}
