import type { FieldMeta, Meta, ObjectMeta } from "@/api/types";
import { findObject, isSystemField, resolvePath, systemFields } from "../meta";

export interface FieldChoice {
  path: string;
  field: FieldMeta;
}

export interface FieldGroup {
  /** The reference the fields are reached through, or null for the object's own. */
  via: FieldMeta | null;
  fields: FieldChoice[];
}

/** The parts of an address a person looks for; the street is seldom one of them. */
const PARTS = ["province", "city", "district"];

/** A field, or the parts of one that is compared by its parts only. */
function choicesOf(meta: Meta, object: ObjectMeta, field: FieldMeta): FieldChoice[] {
  if (field.type !== "address") return [{ path: field.name, field }];
  return PARTS.flatMap((part) => {
    const resolved = resolvePath(meta, object, `${field.name}.${part}`);
    return resolved ? [{ path: resolved.path, field: resolved.field }] : [];
  });
}

/** The object's own fields in their order, and last what every record carries. */
function ownFields(object: ObjectMeta): FieldMeta[] {
  const own = object.fields.filter((field) => !isSystemField(field.name));
  return [...own, ...systemFields];
}

/** The fields a person can choose from: the object's own first, then those one reference away. */
export function fieldChoices(meta: Meta, object: ObjectMeta, allowed: (field: FieldMeta) => boolean): FieldGroup[] {
  const own: FieldGroup = {
    via: null,
    fields: ownFields(object).flatMap((field) =>
      choicesOf(meta, object, field).filter((choice) => allowed(choice.field)),
    ),
  };
  const related = object.fields.flatMap((reference): FieldGroup[] => {
    if (isSystemField(reference.name) || !["reference", "user", "department"].includes(reference.type)) return [];
    const target = findObject(meta, reference.target ?? reference.type);
    if (!target) return [];
    const fields = target.fields
      .filter((field) => allowed(field) && !isSystemField(field.name))
      .map((field) => ({ path: `${reference.name}.${field.name}`, field }));
    return fields.length > 0 ? [{ via: reference, fields }] : [];
  });
  return [own, ...related];
}
