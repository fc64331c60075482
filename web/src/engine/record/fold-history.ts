import type { HistoryItem } from "@/api/types";

/** What comes along with something else: inviting somebody shows him the record. */
const ASIDE = /(^|\.)(shared|unshared)$/;
const PLAIN = /(^|\.)(created|updated|deleted|restored)$/;

/** What a merge tells beside its fields: which records it was about. */
const TOLD = new Set(["merged", "unmerged"]);

/** The changes that are of a field. */
export const ofFields = <Change extends { field: string }>(changes: Change[]): Change[] =>
  changes.filter((change) => !TOLD.has(change.field));

/** A change, with the first of the versions it made: one change may save a record more than once. */
export interface FoldedChange extends HistoryItem {
  first: number;
}

/** One entry for one change: named by the most telling of its events, with everything that changed. Newest first. */
export function foldHistory(items: HistoryItem[]): FoldedChange[] {
  const folded: FoldedChange[] = [];
  for (const read of items) {
    const item = { ...read, changes: ofFields(read.changes), first: read.version };
    const last = folded.at(-1);
    if (last?.change_id !== item.change_id) {
      folded.push(item);
      continue;
    }
    const telling = PLAIN.test(last.kind) && !PLAIN.test(item.kind) && !ASIDE.test(item.kind);
    const kind = telling || ASIDE.test(last.kind) ? item.kind : last.kind;
    const changes = item.changes.length > last.changes.length ? item.changes : last.changes;
    folded[folded.length - 1] = { ...last, kind, changes, first: Math.min(last.first, item.version) };
  }
  return folded;
}
