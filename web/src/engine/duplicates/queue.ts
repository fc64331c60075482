import type { InfiniteData } from "@tanstack/react-query";
import type { DuplicateGroup, DuplicatePage, DuplicatePair } from "@/api/duplicates";
import type { FieldMeta, ObjectMeta, RecordData } from "@/api/types";
import { isEmptyValue, sameValue } from "@/fields/values";

export type QueueData = InfiniteData<DuplicatePage, string | null>;

/** The groups read so far, each once: one may move to the next page while it is read. */
export function groupsOf(data: Pick<QueueData, "pages"> | undefined): DuplicateGroup[] {
  const all = data?.pages.flatMap((page) => page.items) ?? [];
  return [...new Map(all.map((group): [string, DuplicateGroup] => [group.group, group])).values()];
}

/** Without the groups dealt with; the count follows. */
export function withoutGroups(data: QueueData | undefined, gone: ReadonlySet<string>): QueueData | undefined {
  if (!data) return data;
  const known = groupsOf(data).filter((group) => gone.has(group.group)).length;
  return {
    ...data,
    pages: data.pages.map((page) => ({
      ...page,
      items: page.items.filter((group) => !gone.has(group.group)),
      count: { ...page.count, value: Math.max(0, page.count.value - known) },
    })),
  };
}

/** All pairs of a group, or those of one record with the others. */
export function pairsOf(records: string[], only?: string): [left: string, right: string][] {
  return records.flatMap((left, index) =>
    records
      .slice(index + 1)
      .filter((right) => only === undefined || left === only || right === only)
      .map((right): [string, string] => [left, right]),
  );
}

/** How the values of a field compare over the records of a group. */
export type Likeness = "same" | "differs" | "partly";

export function likenessOf(records: RecordData[], field: string): Likeness {
  const filled = records.map((record) => record[field]).filter((value) => !isEmptyValue(value));
  const [first] = filled;
  if (filled.some((value) => !sameValue(first, value))) return "differs";
  return filled.length < records.length ? "partly" : "same";
}

export interface QueueRow {
  field: FieldMeta;
  likeness: Likeness;
  /** It was compared to find the group. */
  compared: boolean;
}

/** Of what the engine keeps, only when a record was made helps to tell two apart. */
const KEPT_BY_ENGINE = new Set(["id", "version", "created_by", "updated_at", "updated_by", "deleted_at"]);

/** The fields worth comparing by eye: the title, what found the group, then the rest that anybody filled in. */
export function queueRows(object: ObjectMeta, group: Pick<DuplicateGroup, "records" | "pairs">): QueueRow[] {
  const compared = new Set(group.pairs.flatMap((pair) => pair.reasons.map((reason) => reason.field)));
  const rows = object.fields
    .filter((field) => !KEPT_BY_ENGINE.has(field.name))
    .filter((field) => group.records.some((record) => !isEmptyValue(record[field.name])))
    .map((field) => ({
      field,
      likeness: likenessOf(group.records, field.name),
      compared: compared.has(field.name),
    }));
  const rank = (row: QueueRow) => (row.field.name === object.title_field ? 0 : row.compared ? 1 : 2);
  return rows.sort((left, right) => rank(left) - rank(right));
}

/** Rows shown at first: what differs or was compared. */
export function tellingRows(object: ObjectMeta, rows: QueueRow[]): QueueRow[] {
  return rows.filter((row) => row.field.name === object.title_field || row.compared || row.likeness === "differs");
}

/** The surest pair first: it says best why the records are together. */
export function surestFirst(pairs: DuplicatePair[]): DuplicatePair[] {
  return [...pairs].sort((left, right) => right.probability - left.probability);
}

/** Where the pointer of the keyboard goes when a group is gone: to the one that takes its place, else the last. */
export function nextAt(at: number, left: number): number {
  return Math.max(0, Math.min(at, left - 1));
}
