import type { FieldMeta, FieldValues, ObjectMeta, RecordData, RelatedListMeta } from "@/api/types";
import { referenceTarget } from "@/fields/reference/target";
import { referenceTo } from "@/fields/reference/title";
import { asReference } from "@/fields/values";

/** What quick log writes: activities of the kinds the record's view names, and notes. */
export const ACTIVITY = "activity";
export const NOTE = "note";

/** Kinds that are about what has happened; the others are still to do. */
const PAST = new Set(["call", "visit", "message"]);

/** What is asked besides the text, by kind; what the object lacks is passed over. */
const ASKED: Record<string, string[]> = {
  call: ["direction", "outcome", "duration", "contact"],
  visit: ["visit_method", "outcome", "contact"],
  message: ["channel", "direction", "outcome"],
  task: ["due_at", "priority"],
  appointment: ["start_at", "end_at", "location"],
};

export function askedFields(activity: ObjectMeta, kind: string, via: string): FieldMeta[] {
  return (ASKED[kind] ?? [])
    .filter((name) => name !== via)
    .map((name) => activity.fields.find((field) => field.name === name))
    .filter((field) => field !== undefined)
    .filter((field) => !field.read_only);
}

export function isPast(kind: string): boolean {
  return PAST.has(kind);
}

/** How related records of an object point at this one; null where they do not. */
export function viaOf(related: RelatedListMeta[], object: string): string | null {
  return related.find((list) => list.object === object)?.via ?? null;
}

/** What a record made from this page points at: this record, and what this record itself belongs to. */
export function inheritedReferences(
  made: ObjectMeta,
  via: string,
  object: ObjectMeta,
  record: RecordData,
): FieldValues {
  const here = { ...referenceTo(object, record) };
  const isRecord = made.fields.some((field) => field.name === via && field.type === "record");
  const values: FieldValues = { [via]: isRecord ? { object: object.name, ...here } : here };
  for (const field of made.fields) {
    if (field.type !== "reference" || field.read_only || field.name in values || field.name === "owner") continue;
    const own = object.fields.find((candidate) => candidate.name === field.name && candidate.type === "reference");
    const reference = own && referenceTarget(own) === referenceTarget(field) ? asReference(record[own.name]) : null;
    if (reference) values[field.name] = { ...reference };
  }
  return values;
}

/** The first line is the subject, the rest what happened; nothing typed still logs a call that was made. */
export function splitText(text: string, fallback: string): { subject: string; description: string | null } {
  const [first = "", ...rest] = text.trim().split(/\r?\n/);
  const body = rest.join("\n").trim();
  if (first.trim() === "") return { subject: fallback, description: null };
  // A long first line is a text without a title: the title is its beginning.
  if (first.length > 80) return { subject: `${first.slice(0, 60)}…`, description: text.trim() };
  return { subject: first.trim(), description: body || null };
}

/** The values of a logged activity. */
export function activityValues(input: {
  activity: ObjectMeta;
  kind: string;
  text: string;
  fallback: string;
  now: string;
  asked: FieldValues;
  references: FieldValues;
}): FieldValues {
  const { activity, kind, text, fallback, now, asked, references } = input;
  const has = (name: string) => activity.fields.some((field) => field.name === name && !field.read_only);
  const { subject, description } = splitText(text, fallback);
  const filled = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== null && value !== undefined));
  const values: FieldValues = { ...references, kind, subject };
  if (description && has("description")) values.description = description;
  if (isPast(kind)) {
    if (has("status")) values.status = "done";
    if (has("start_at")) values.start_at = now;
    if (has("done_at")) values.done_at = now;
  }
  return { ...values, ...filled };
}
