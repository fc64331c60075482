import { batchChange, listRecords } from "@/api/records";
import type { FieldValue, ObjectMeta, RecordData } from "@/api/types";
import { asReference, asReferences } from "@/fields/values";
import type { HandedOver } from "./hand-over";

/** What hangs on a member beside the records that are his: who reports to him, what he heads, where he has a place. */
export const PLACES = [
  { key: "reports", object: "user", field: "manager" },
  { key: "deputies", object: "user", field: "deputy" },
  { key: "heads", object: "department", field: "head" },
  { key: "leads", object: "team", field: "lead" },
  { key: "teams", object: "team", field: "members" },
] as const;

export type Place = (typeof PLACES)[number];

const PAGE = 500;

/** Places the caller may fill. */
export function fillable(objects: ObjectMeta[]): Place[] {
  return PLACES.filter((place) => {
    const object = objects.find((one) => one.name === place.object);
    const field = object?.fields.find((one) => one.name === place.field);
    return object?.access.update === true && field !== undefined && !field.read_only;
  });
}

export const heldBy = (place: Place, member: string): string =>
  place.key === "teams" ? `${place.field}.contains("${member}")` : `${place.field} == "${member}"`;

async function holding(place: Place, member: string): Promise<RecordData[]> {
  const found: RecordData[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await listRecords(place.object, {
      filter: heldBy(place, member),
      fields: `id,version,${place.field}`,
      limit: PAGE,
      ...(cursor ? { cursor } : {}),
    });
    found.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor);
  return found;
}

/** Who takes the place: the successor; of a team he joins the others, and he himself reports to whom the leaver did. */
function taken(place: Place, record: RecordData, leaver: RecordData, to: string): FieldValue {
  if (place.key === "teams") {
    const others = asReferences(record[place.field]).map((one) => one.id);
    return [...new Set([...others.filter((id) => id !== leaver.id), to])];
  }
  const own = record.id === to && place.object === "user";
  return own ? (asReference(leaver[place.field])?.id ?? null) : to;
}

/** Puts the successor into every place of one kind, in one change that can be taken back. */
export async function fillPlaces(place: Place, leaver: RecordData, to: string): Promise<HandedOver> {
  const operations = (await holding(place, leaver.id)).map((record) => ({
    op: "update" as const,
    id: record.id,
    version: record.version,
    values: { [place.field]: taken(place, record, leaver, to) },
  }));
  if (operations.length === 0) return { succeeded: 0, failed: 0, reason: null, changes: [] };
  const answer = await batchChange(place.object, { mode: "row_by_row", operations });
  const problem = answer.results.find((row) => row.problem)?.problem;
  return {
    succeeded: answer.succeeded,
    failed: answer.failed,
    reason: problem ? (problem.field_errors?.[0]?.message ?? problem.detail) : null,
    changes: answer.succeeded > 0 ? [answer.change_id] : [],
  };
}
