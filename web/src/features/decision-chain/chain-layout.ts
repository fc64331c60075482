import type { RecordData } from "@/api/types";
import { asReference, asText } from "@/fields/values";

export type Influence = "high" | "medium" | "low";

/** Somebody who has to do with a decision. */
export interface Person {
  id: string;
  contact: string | null;
  name: string | null;
  role: string;
  attitude: string;
  influence: Influence;
  reportsTo: string | null;
  note: string;
}

export function personOf(record: RecordData): Person {
  const contact = asReference(record.contact);
  const influence = asText(record.influence);
  return {
    id: record.id,
    contact: contact?.id ?? null,
    name: contact?.label ?? null,
    role: asText(record.role),
    attitude: asText(record.attitude),
    influence: influence === "high" || influence === "low" ? influence : "medium",
    reportsTo: asReference(record.reports_to)?.id ?? null,
    note: asText(record.note),
  };
}

/** Who has more to say is drawn larger. */
export const SIZES: Record<Influence, { width: number; height: number }> = {
  high: { width: 200, height: 100 },
  medium: { width: 176, height: 88 },
  low: { width: 156, height: 82 },
};

const GAP = 20;
const LEVEL = 140;
const INDENT = 24;
const ROW_GAP = 12;
const RANKS: Record<Influence, number> = { high: 0, medium: 1, low: 2 };

export interface Placed {
  person: Person;
  depth: number;
  parent: string | null;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface ChainLayout {
  /** From the top down, each with those who listen to it right behind: the order of the keyboard. */
  nodes: Placed[];
  width: number;
  height: number;
}

interface Branch {
  person: Person;
  below: Branch[];
}

/** Who stands above whom. Whoever listens to nobody here stands at the top, and so does one of a circle. */
function branches(people: Person[]): Branch[] {
  const known = new Map(people.map((person) => [person.id, person]));
  const placed = new Set<string>();
  const inOrder = [...people].sort((left, right) => RANKS[left.influence] - RANKS[right.influence]);
  const grow = (person: Person): Branch => {
    placed.add(person.id);
    const below = inOrder.filter((one) => one.reportsTo === person.id && !placed.has(one.id));
    for (const one of below) placed.add(one.id);
    return { person, below: below.map(grow) };
  };
  const isTop = (person: Person) => !person.reportsTo || !known.has(person.reportsTo) || person.reportsTo === person.id;
  const tops = inOrder.filter(isTop);
  for (const top of tops) placed.add(top.id);
  const roots = tops.map(grow);
  // What is left listens to itself in a circle.
  for (const person of inOrder) if (!placed.has(person.id)) roots.push(grow(person));
  return roots;
}

/** Levels below each other, each person above the middle of those who listen to him. */
function standing(roots: Branch[]): ChainLayout {
  const nodes: Placed[] = [];
  let height = 0;
  const put = (branch: Branch, parent: string | null, depth: number, from: number): { end: number; node: Placed } => {
    const size = SIZES[branch.person.influence];
    const node: Placed = { person: branch.person, depth, parent, x: from, y: depth * LEVEL, ...size };
    nodes.push(node);
    height = Math.max(height, node.y + size.height);
    let end = from;
    const children = branch.below.map((child) => {
      const done = put(child, branch.person.id, depth + 1, end);
      end = done.end + GAP;
      return done.node;
    });
    const [first, last] = [children[0], children.at(-1)];
    if (first && last) {
      const middle = (first.x + last.x + last.width) / 2;
      node.x = Math.max(from, middle - size.width / 2);
    }
    return { end: Math.max(node.x + size.width, end - GAP), node };
  };
  let end = 0;
  for (const root of roots) end = put(root, null, 0, end).end + GAP;
  return { nodes, width: Math.max(0, end - GAP), height };
}

/** One below the other, moved in by their level: for a narrow screen. */
function lying(roots: Branch[], width: number): ChainLayout {
  const nodes: Placed[] = [];
  let y = 0;
  const put = (branch: Branch, parent: string | null, depth: number) => {
    const { height } = SIZES[branch.person.influence];
    const x = Math.min(depth, 4) * INDENT;
    nodes.push({ person: branch.person, depth, parent, x, y, width: width - x, height });
    y += height + ROW_GAP;
    for (const child of branch.below) put(child, branch.person.id, depth + 1);
  };
  for (const root of roots) put(root, null, 0);
  return { nodes, width, height: Math.max(0, y - ROW_GAP) };
}

/** Where everybody is drawn; in a column of `narrow` pixels where that is given. */
export function layoutOf(people: Person[], narrow: number | null): ChainLayout {
  const roots = branches(people);
  return narrow === null ? standing(roots) : lying(roots, narrow);
}

/** The line from somebody to whom he listens, as a path. */
export function lineOf(node: Placed, above: Placed, narrow: boolean): string {
  if (narrow) {
    const x = above.x + INDENT / 2;
    const y = node.y + node.height / 2;
    return `M ${x} ${above.y + above.height} V ${y} H ${node.x}`;
  }
  const from = above.x + above.width / 2;
  const to = node.x + node.width / 2;
  const middle = (above.y + above.height + node.y) / 2;
  return `M ${from} ${above.y + above.height} V ${middle} H ${to} V ${node.y}`;
}

/** Whom an arrow leads to: up to whom one listens, down to who listens first, sideways along the level. */
export function nextByArrow(layout: ChainLayout, id: string, key: string): string | null {
  const at = layout.nodes.find((node) => node.person.id === id);
  if (!at) return null;
  if (key === "ArrowUp") return at.parent;
  if (key === "ArrowDown") return layout.nodes.find((node) => node.parent === id)?.person.id ?? null;
  const level = layout.nodes.filter((node) => node.depth === at.depth);
  const step = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
  return step === 0 ? null : (level[level.indexOf(at) + step]?.person.id ?? null);
}
