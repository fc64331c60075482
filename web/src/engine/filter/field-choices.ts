import type { FieldMeta, Meta, ObjectMeta } from "@/api/types";
import { findObject, systemFields } from "../meta";

export interface FieldChoice {
  path: string;
  field: FieldMeta;
}

export interface FieldGroup {
  /** The reference the fields are reached through, or null for the object's own. */
  via: FieldMeta | null;
  fields: FieldChoice[];
}

/** The fields a person can choose from: the object's own first, then those one reference away. */
export function fieldChoices(meta: Meta, object: ObjectMeta, allowed: (field: FieldMeta) => boolean): FieldGroup[] {
  const own: FieldGroup = {
    via: null,
    fields: [...object.fields, ...systemFields].filter(allowed).map((field) => ({ path: field.name, field })),
  };
  const related = object.fields.flatMap((reference): FieldGroup[] => {
    if (!["reference", "user", "department"].includes(reference.type)) return [];
    const target = findObject(meta, reference.target ?? reference.type);
    if (!target) return [];
    const fields = target.fields.filter(allowed).map((field) => ({ path: `${reference.name}.${field.name}`, field }));
    return fields.length > 0 ? [{ via: reference, fields }] : [];
  });
  return [own, ...related];
}
