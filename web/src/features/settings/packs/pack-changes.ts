import type { PackChange } from "@/api/packs";

/** Changes of one kind, told in one line: of fields, lists and rules those of one object. */
export interface ChangeLine {
  key: string;
  verb: PackChange["verb"];
  part: PackChange["part"];
  object: string | null;
  changes: PackChange[];
}

const VERBS: PackChange["verb"][] = ["add", "change", "remove"];

/** What comes first, then what changes, last what goes; within each as the server orders the parts. */
export function changeLines(changes: PackChange[]): ChangeLine[] {
  const lines = new Map<string, ChangeLine>();
  for (const change of changes) {
    const object = change.part === "object" ? null : (change.object ?? null);
    const key = [change.verb, change.part, object ?? ""].join(" ");
    const line = lines.get(key) ?? { key, verb: change.verb, part: change.part, object, changes: [] };
    line.changes.push(change);
    lines.set(key, line);
  }
  return [...lines.values()].sort((left, right) => VERBS.indexOf(left.verb) - VERBS.indexOf(right.verb));
}

/** How many of each part there are, for one sentence. */
export function countParts(changes: PackChange[]): Record<"object" | "field" | "role", number> {
  const of = (part: PackChange["part"]) => changes.filter((change) => change.part === part).length;
  return { object: of("object"), field: of("field"), role: of("role") };
}
