import type { FieldMeta, FieldType, FieldValue, Json, ObjectMeta } from "@/api/types";
import { asText, isObject } from "@/fields/values";

/** A field a form asks for, as the form keeps it. */
export interface AskedField {
  field: string;
  required: boolean;
  /** What it is called here; its own label where empty. */
  label: string;
}

export const LEAD = "lead";

/** What visitors fill in: nothing that leads to other records, holds a file or is kept by the engine. */
const KINDS: ReadonlySet<FieldType> = new Set([
  "text",
  "long_text",
  "number",
  "decimal",
  "percent",
  "money",
  "boolean",
  "date",
  "select",
  "multi_select",
  "email",
  "phone",
  "url",
  "address",
  "person_name",
]);

/** What the company says of a lead, not the lead of himself. */
const COMPANYS_OWN: ReadonlySet<string> = new Set([
  "status",
  "rating",
  "score",
  "source",
  "source_detail",
  "do_not_contact",
  "next_follow_up",
  "disqualify_reason",
  "disqualify_note",
  // By which link he came: the address of the page says it.
  "utm_source",
  "utm_medium",
  "utm_campaign",
  "utm_term",
  "utm_content",
  "referrer",
]);

/** Kinds that tell who somebody is. */
const PERSONAL: ReadonlySet<FieldType> = new Set(["person_name", "phone", "email", "address"]);

/** What most forms ask for, in the usual order. */
const USUAL = ["name", "company", "mobile", "email", "need"];

/** The fields of a lead that visitors may be asked for. The server judges anew. */
export const fieldsToAsk = (lead: ObjectMeta): FieldMeta[] =>
  lead.fields.filter(
    (field) => KINDS.has(field.type) && !field.read_only && !field.computed && !COMPANYS_OWN.has(field.name),
  );

/** Whether no lead can be made without it. */
export const isNeeded = (field: FieldMeta): boolean =>
  field.required && (field.default === undefined || field.default === null);

/** What a form keeps, read; what is no field is passed over. */
export function readAsked(value: FieldValue | undefined): AskedField[] {
  if (!Array.isArray(value)) return [];
  return (value as Json[]).flatMap((item) =>
    isObject(item) && typeof item.field === "string"
      ? [{ field: item.field, required: item.required === true, label: asText(item.label) }]
      : [],
  );
}

/** The same as it is kept: without what says nothing. A label is left as it is typed: a space may be followed by a word. */
export const writeAsked = (asked: AskedField[]): FieldValue =>
  asked.map(({ field, required, label }) => ({
    field,
    ...(required ? { required: true } : {}),
    ...(label.trim() ? { label } : {}),
  }));

/** What a new form begins with. */
export function usualFields(lead: ObjectMeta): AskedField[] {
  const known = fieldsToAsk(lead);
  const wanted = known.filter((field) => isNeeded(field) || USUAL.includes(field.name));
  const place = (name: string) => (USUAL.includes(name) ? USUAL.indexOf(name) : -1);
  wanted.sort((left, right) => place(left.name) - place(right.name));
  return wanted.map((field) => ({
    field: field.name,
    required: isNeeded(field) || field.name === "mobile",
    label: "",
  }));
}

/** The list with one item put where another is. */
export function moveTo<T>(items: T[], from: number, to: number): T[] {
  const next = [...items];
  const [item] = next.splice(from, 1);
  if (item !== undefined) next.splice(to, 0, item);
  return next;
}

/** Whether what is asked for tells who somebody is: then visitors must agree to something. */
export function asksPersonalData(lead: ObjectMeta, asked: AskedField[]): boolean {
  return asked.some(({ field: name }) => {
    const field = lead.fields.find((one) => one.name === name);
    return name === "wechat" || (field !== undefined && PERSONAL.has(field.type));
  });
}
