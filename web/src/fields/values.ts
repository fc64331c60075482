import type { FieldValue, Money, Reference } from "@/api/types";

/** Narrowing of wire values. A value of an unexpected shape is shown as text, never thrown on. */
export function isObject(value: FieldValue | undefined): value is Record<string, FieldValue> & object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function asReference(value: FieldValue | undefined): Reference | null {
  if (!isObject(value) || typeof value.id !== "string") return null;
  return { id: value.id, label: typeof value.label === "string" ? value.label : null };
}

export function asReferences(value: FieldValue | undefined): Reference[] {
  if (!Array.isArray(value)) return [];
  return value.map((item) => asReference(item as FieldValue)).filter((item) => item !== null);
}

export function asMoney(value: FieldValue | undefined): Money | null {
  if (!isObject(value) || value.amount === undefined || value.amount === null) return null;
  return { amount: String(value.amount), currency: typeof value.currency === "string" ? value.currency : "" };
}

export function asStrings(value: FieldValue | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

export function asText(value: FieldValue | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** True for what counts as "no value" in a list and in a required check. */
export function isEmptyValue(value: FieldValue | undefined): value is null | undefined | "" {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

/** How the value of a field is kept from the caller ("hidden", "masked", "unopened"); undefined where it is not. */
export function coverOf(
  record: { [field: string]: FieldValue | undefined } | undefined,
  field: string,
): string | undefined {
  const covers = record?._covered;
  const cover = isObject(covers) ? covers[field] : undefined;
  return typeof cover === "string" ? cover : undefined;
}

/** Compares two wire values by meaning: references by id, the rest by their JSON. */
export function sameValue(left: FieldValue | undefined, right: FieldValue | undefined): boolean {
  if (isEmptyValue(left) && isEmptyValue(right)) return true;
  const leftReference = asReference(left);
  const rightReference = asReference(right);
  if (leftReference && rightReference) return leftReference.id === rightReference.id;
  return JSON.stringify(left) === JSON.stringify(right);
}

/** The value as the API takes it: references and files as their id. */
export function toWire(value: FieldValue | undefined): FieldValue {
  if (value === undefined) return null;
  const reference = asReference(value);
  if (reference && isObject(value) && typeof value.object === "string")
    return { object: value.object, id: reference.id };
  if (reference && isObject(value) && ("label" in value || "content_type" in value)) return reference.id;
  if (Array.isArray(value) && value.length > 0 && asReference(value[0] as FieldValue)) {
    return asReferences(value).map((item) => item.id);
  }
  return value;
}
