import type { FieldValue, FieldValues } from "@/api/types";
import { sameValue } from "@/fields/values";

/** One field both sides changed: what it was, what the other made of it, what I made of it. */
export interface FieldConflict {
  field: string;
  base: FieldValue;
  theirs: FieldValue;
  mine: FieldValue;
}

export type Side = "mine" | "theirs" | "base";

/** The values that differ from those the form began with. */
export function changedValues(base: FieldValues, values: FieldValues): FieldValues {
  const names = new Set([...Object.keys(base), ...Object.keys(values)]);
  const changed: FieldValues = {};
  for (const name of names) {
    if (!sameValue(base[name], values[name])) changed[name] = values[name] ?? null;
  }
  return changed;
}

/**
 * Fields that both changed since `base`, to different values. What only one side changed is no conflict, and neither
 * is the same change made twice. Where the server names the fields it goes by its history, which knows better than a
 * `base` that may be younger than my changes (a draft found again).
 */
export function findConflicts(
  base: FieldValues,
  theirs: FieldValues,
  changes: FieldValues,
  named: string[] = [],
): FieldConflict[] {
  const touched = (name: string) => (named.length > 0 ? named.includes(name) : !sameValue(base[name], theirs[name]));
  return Object.keys(changes)
    .filter((name) => touched(name) && !sameValue(changes[name], theirs[name]))
    .map((name) => ({
      field: name,
      base: base[name] ?? null,
      theirs: theirs[name] ?? null,
      mine: changes[name] ?? null,
    }));
}

/** My changes less those given up; where the other already wrote the same, there is nothing left to write. */
export function settle(
  changes: FieldValues,
  theirs: FieldValues,
  choices: { [field: string]: Side },
  base: FieldValues = {},
): FieldValues {
  const settled: FieldValues = {};
  for (const [name, mine] of Object.entries(changes)) {
    const value = choices[name] === "base" ? (base[name] ?? null) : mine;
    if (choices[name] !== "theirs" && !sameValue(value, theirs[name])) settled[name] = value;
  }
  return settled;
}

/** The form's new starting point: the record as it is now, with what I still want to write on top. */
export function rebase(theirs: FieldValues, settled: FieldValues): { base: FieldValues; values: FieldValues } {
  return { base: theirs, values: { ...theirs, ...settled } };
}
