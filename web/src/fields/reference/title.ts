import type { FieldValue, ObjectMeta, RecordData, Reference } from "@/api/types";
import { personNameText } from "../person-name/text";
import { asText, isObject } from "../values";

/** A title value of any type as text. */
export function titleText(value: FieldValue | undefined): string {
  if (isObject(value)) return "label" in value ? asText(value.label) : personNameText(value);
  return asText(value);
}

/** A record as others point at it. */
export function referenceTo(object: Pick<ObjectMeta, "title_field"> | null, record: RecordData): Reference {
  return { id: record.id, label: titleText(record[object?.title_field ?? "name"]) || null };
}
