import { bulkChange, listRecords } from "@/api/records";
import type { ObjectMeta } from "@/api/types";

const OWNER = "owner";
/** Most ids of a page, and of one change. */
const PAGE = 500;
const AT_ONCE = 2_000;

/** Objects whose records belong to somebody and that the caller may change many of. */
export function ownedObjects(objects: ObjectMeta[]): ObjectMeta[] {
  return objects.filter(
    ({ fields, access }) =>
      access.bulk && access.update && fields.some((field) => field.name === OWNER && field.type === "user"),
  );
}

export const ownedBy = (member: string): string => `${OWNER} == "${member}"`;

export interface HandedOver {
  succeeded: number;
  failed: number;
  /** The first reason why one stayed where it was. */
  reason: string | null;
  /** The changes made, to take back one after the other. */
  changes: string[];
}

/** All ids are read before the first record is given away: what is given away is no longer found. */
async function idsOf(object: string, member: string): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await listRecords(object, {
      filter: ownedBy(member),
      fields: "id",
      limit: PAGE,
      ...(cursor ? { cursor } : {}),
    });
    ids.push(...page.items.map((record) => record.id));
    cursor = page.next_cursor;
  } while (cursor);
  return ids;
}

/** Gives every record of one object that belongs to a member to another, some thousand at a time. */
export async function handOver(
  object: string,
  from: string,
  to: string,
  onProgress: (done: number) => void,
): Promise<HandedOver> {
  const ids = await idsOf(object, from);
  const sum: HandedOver = { succeeded: 0, failed: 0, reason: null, changes: [] };
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const result = await bulkChange(object, { ids: ids.slice(at, at + AT_ONCE), change: { update: { [OWNER]: to } } });
    const problem = result.problems[0]?.problem;
    sum.succeeded += result.succeeded;
    sum.failed += result.failed;
    sum.reason ??= problem ? (problem.field_errors?.[0]?.message ?? problem.detail) : null;
    if (result.succeeded > 0) sum.changes.push(result.change_id);
    onProgress(Math.min(ids.length, at + AT_ONCE));
  }
  return sum;
}
