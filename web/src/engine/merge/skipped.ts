import type { UndoResult } from "@/api/types";

type Skipped = UndoResult["skipped"][number];

/** What was left as it is, put together where the same is to be said of many. */
export interface SkippedGroup {
  object: string;
  reason: string;
  fields: string[];
  ids: string[];
}

/** One entry for each record that has a name, one for all others of a kind that were left for the same reason. */
export function groupSkipped(skipped: Skipped[], names: ReadonlyMap<string, string>): SkippedGroup[] {
  const groups = new Map<string, SkippedGroup>();
  for (const { object, id, reason, fields } of skipped) {
    const key = names.has(id) ? id : [object, reason, ...fields].join(" ");
    const group = groups.get(key);
    if (group) group.ids.push(id);
    else groups.set(key, { object, reason, fields, ids: [id] });
  }
  return [...groups.values()];
}
