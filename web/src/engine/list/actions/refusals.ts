import type { Refusal, Target } from "./run-over";

export interface RefusedGroup {
  message: string;
  targets: Target[];
}

/** What was refused, by what was said: one reason for many is told once. The commonest first. */
export function groupRefusals(refused: Refusal[], text: (error: unknown) => string): RefusedGroup[] {
  const groups = new Map<string, RefusedGroup>();
  for (const { id, name, error } of refused) {
    const message = text(error);
    const group = groups.get(message) ?? { message, targets: [] };
    group.targets.push({ id, name });
    groups.set(message, group);
  }
  return [...groups.values()].sort((left, right) => right.targets.length - left.targets.length);
}
