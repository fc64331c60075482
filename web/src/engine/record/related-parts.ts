import type { FieldValues, Label, RelatedListMeta } from "@/api/types";

/** One of several tabs that a related list is shown as, each with some of its records. */
export interface RelatedPart {
  name: string;
  label: Label;
  /** Which of the records: an expression over them. */
  only: string;
  /** What a record made here begins with, besides pointing here. */
  begin: FieldValues;
  as: "list" | "calendar";
  columns?: string[];
  sort?: string;
}

const parts = new Map<string, RelatedPart[]>();

/** Shows a related list as several tabs, by what is listed and by which field. The product's own are not the engine's to know. */
export function splitRelated(target: string, via: string, into: RelatedPart[]): void {
  parts.set(`${target}.${via}`, into);
}

export interface RelatedEntry {
  list: RelatedListMeta;
  part: RelatedPart | null;
  key: string;
}

/** The tabs of a related list: itself, or its parts under their own names. */
export function entriesOf(list: RelatedListMeta): RelatedEntry[] {
  const key = `${list.object}.${list.via}`;
  const into = parts.get(key);
  if (!into) return [{ list, part: null, key }];
  return into.map((part) => ({
    list: {
      ...list,
      label: part.label,
      ...(part.columns ? { columns: part.columns } : {}),
      ...(part.sort ? { sort: part.sort } : {}),
    },
    part,
    key: `${key}.${part.name}`,
  }));
}
