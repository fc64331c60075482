import type { ObjectMeta, RecordData, RecordPage } from "@/api/types";

export interface Deleted {
  object: ObjectMeta;
  record: RecordData;
}

/** When a record was deleted; a deletion is its last change. */
export function deletedAt(record: RecordData): string {
  return record.deleted_at ?? record.updated_at ?? "";
}

/**
 * The first pages of several objects as one list, the newest first. Where an object has more than its page, only what
 * was deleted after the end of that page is certain to be in order: the objects that have more are named.
 */
export function newestFirst(bins: { object: ObjectMeta; page: RecordPage | undefined }[]): {
  rows: Deleted[];
  further: ObjectMeta[];
} {
  const rows = bins
    .flatMap(({ object, page }) => page?.items.map((record): Deleted => ({ object, record })) ?? [])
    .sort((left, right) => deletedAt(right.record).localeCompare(deletedAt(left.record)));
  const further = bins.filter(({ page }) => page?.next_cursor).map(({ object }) => object);
  return { rows, further };
}
