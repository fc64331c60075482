import type { FieldMeta, Label, ObjectMeta } from "@/api/types";
import { isTypable } from "./conditions";

export interface FormSection {
  name: string;
  label: Label | null;
  fields: FieldMeta[];
}

/** What every record carries; pages show it in a place of its own. */
const SYSTEM = new Set(["id", "version", "created_at", "created_by", "updated_at", "updated_by", "deleted_at"]);

/**
 * The sections of a form: those of the record page, less what nobody types, then the fields no section names. With
 * `all`, what is only read stays too.
 */
export function formSections(object: ObjectMeta, all = false): FormSection[] {
  const wanted = (field: FieldMeta) => !SYSTEM.has(field.name) && (all || isTypable(field));
  const placed = new Set<string>();
  const sections: FormSection[] = [];
  for (const section of object.views.record.sections) {
    const fields = section.fields
      .map((name) => object.fields.find((field) => field.name === name))
      .filter((field) => field !== undefined)
      .filter((field) => !placed.has(field.name) && wanted(field));
    for (const field of fields) placed.add(field.name);
    if (fields.length > 0) sections.push({ name: section.name, label: section.label, fields });
  }
  const rest = object.fields.filter((field) => !placed.has(field.name) && wanted(field));
  if (rest.length > 0) sections.push({ name: "", label: null, fields: rest });
  return sections;
}

const WIDE = new Set(["long_text", "rich_text", "json", "address"]);

/** Fields that need the whole width of a form. */
export function isWide(field: FieldMeta): boolean {
  return WIDE.has(field.type);
}
