import { readRecord } from "@/api/records";
import type { FieldMeta, FieldValue, FieldValues, Json, Meta, ObjectMeta, Reference } from "@/api/types";
import { referenceTarget } from "@/fields/reference/target";
import { referenceTo } from "@/fields/reference/title";
import { findObject } from "../meta";
import { isTypable } from "./conditions";

const POINTING = new Set(["reference", "user", "department"]);
const POINTING_AT_SEVERAL = new Set(["many_to_many", "tags"]);

/** Who a new record is made by, for defaults that say so. */
export interface Maker {
  user: Reference;
  department: Reference | null;
  /** Today in the maker's zone, and now. */
  today: string;
  now: string;
}

/** What a new record of an object begins with; a default the browser does not know is left to the server. */
export function defaultValues(fields: FieldMeta[], maker: Maker): FieldValues {
  const values: FieldValues = {};
  const meant: { [name: string]: FieldValue } = {
    "@me": { ...maker.user },
    "@my_department": maker.department ? { ...maker.department } : null,
    "@today": maker.today,
    "@now": maker.now,
  };
  for (const field of fields) {
    const given = field.default;
    if (given === undefined || given === null || !isTypable(field)) continue;
    const value = typeof given === "string" && given.startsWith("@") ? meant[given] : (given as FieldValue);
    if (value !== undefined && value !== null) values[field.name] = value;
  }
  return values;
}

/** A value written in a URL, as the field's type has it. References come as ids and get their labels later. */
export function readPrefill(field: FieldMeta, text: string): FieldValue {
  if (field.type === "boolean") return text === "true";
  if (field.type === "number" || field.type === "duration") return Number.isFinite(Number(text)) ? Number(text) : null;
  if (field.type === "money") return { amount: text, currency: field.currency ?? "" };
  if (field.type === "multi_select") return text.split(",");
  if (POINTING.has(field.type)) return { id: text, label: null };
  if (POINTING_AT_SEVERAL.has(field.type)) return text.split(",").map((id) => ({ id, label: null }));
  if (text.startsWith("{")) {
    try {
      return JSON.parse(text) as Json;
    } catch {
      return text;
    }
  }
  return text;
}

/** The values a URL asks for (`?account=ID&kind=call`); what the object lacks or forbids is passed over. */
export function prefillFromSearch(object: ObjectMeta, search: { [name: string]: string | undefined }): FieldValues {
  const values: FieldValues = {};
  for (const field of object.fields) {
    const text = search[field.name];
    if (text !== undefined && isTypable(field)) values[field.name] = readPrefill(field, text);
  }
  return values;
}

/** Reads the titles of prefilled references, so that the form shows names and not ids. */
export async function labelReferences(meta: Meta, object: ObjectMeta, values: FieldValues): Promise<FieldValues> {
  const labelled = await Promise.all(
    object.fields.map(async (field): Promise<[string, FieldValue] | null> => {
      const value = values[field.name];
      if (!POINTING.has(field.type) || !value || typeof value !== "object" || !("id" in value)) return null;
      if ("label" in value && value.label) return null;
      const target = findObject(meta, referenceTarget(field));
      if (!target) return null;
      try {
        const record = await readRecord(target.name, String(value.id), target.title_field);
        return [field.name, { ...referenceTo(target, record) }];
      } catch {
        // Gone or out of sight: the server will say so at this field.
        return null;
      }
    }),
  );
  return Object.fromEntries(labelled.filter((entry) => entry !== null));
}
