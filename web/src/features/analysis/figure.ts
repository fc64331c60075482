import type { AggregateResult, Json, Label } from "@/api/types";

/** The list of records behind a number. */
export interface Place {
  object: string;
  filter: string;
}

export interface Cell {
  /** As it is drawn and exported; null where there is nothing to tell. */
  value: number | string | null;
  /** As it is read. */
  text: string;
  /** What the value counts, where the number alone does not say so: named in the head of the exported column. */
  unit?: string;
  open?: Place | undefined;
}

export interface Column {
  key: string;
  title: string;
  numeric: boolean;
}

export interface Row {
  key: string;
  cells: { [column: string]: Cell };
}

/** What a chart and its table show: the same numbers, told once. The first column names the row. */
export interface Figure {
  /** What the rows are, for the table's caption and the file's name. */
  title: string;
  columns: Column[];
  rows: Row[];
}

export const numberOf = (value: Json | undefined): number => {
  const number = Number(value ?? 0);
  return Number.isFinite(number) ? number : 0;
};

/** The groups of an answer added up by their first key, in the order they came. */
export interface Tally {
  key: Json;
  label: Label | Json;
  /** Sums of the measure by the second key; under "" for all of them. */
  by: { [second: string]: number };
}

/** Adds a measure up by the first key and, within it, by the second. Averages must not be asked for with two keys. */
export function tally(result: AggregateResult | undefined, measure: string): Tally[] {
  const found = new Map<string, Tally>();
  for (const group of result?.groups ?? []) {
    const key = group.keys[0] ?? null;
    const id = JSON.stringify(key);
    const one = found.get(id) ?? { key, label: group.labels[0] ?? key, by: { "": 0 } };
    const value = numberOf(group.values[measure]);
    one.by[""] = (one.by[""] ?? 0) + value;
    if (group.keys.length > 1) {
      const second = String(group.keys[1]);
      one.by[second] = (one.by[second] ?? 0) + value;
    }
    found.set(id, one);
  }
  return [...found.values()];
}

/** The sum of some of a tally's parts. */
export const sumBy = (one: Tally | undefined, keys: string[]): number =>
  keys.reduce((sum, key) => sum + (one?.by[key] ?? 0), 0);

/** A part of a whole; null where there is no whole. */
export const share = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);

const isLabel = (label: Label | Json): label is Label =>
  typeof label === "object" && label !== null && !Array.isArray(label) && "zh-CN" in label;

/** The name of a group for people; `without` where the records have nothing there. */
export function groupText(one: Tally, label: (label: Label) => string, without: string, hidden: string): string {
  if (one.key === null) return without;
  if (isLabel(one.label)) return label(one.label);
  return one.label === null ? hidden : String(one.label);
}
