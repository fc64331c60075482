import type { HistoryItem } from "@/api/types";

/** What comes along with something else: inviting somebody shows him the record. */
const ASIDE = /(^|\.)(shared|unshared)$/;
const PLAIN = /(^|\.)(created|updated|deleted|restored)$/;

/** One entry for one change: named by the most telling of its events, with everything that changed. */
export function foldHistory(items: HistoryItem[]): HistoryItem[] {
  const folded: HistoryItem[] = [];
  for (const item of items) {
    const last = folded.at(-1);
    if (last?.change_id !== item.change_id) {
      folded.push(item);
      continue;
    }
    const telling = PLAIN.test(last.kind) && !PLAIN.test(item.kind) && !ASIDE.test(item.kind);
    const kind = telling || ASIDE.test(last.kind) ? item.kind : last.kind;
    const changes = item.changes.length > last.changes.length ? item.changes : last.changes;
    folded[folded.length - 1] = { ...last, kind, changes };
  }
  return folded;
}
