import type { FieldValues, ObjectMeta, RecordData } from "@/api/types";
import { isEmptyValue } from "@/fields/values";

/** What a preview of the rule in a form asks with; null while there is too little to ask. */
export function previewValues(object: ObjectMeta, values: FieldValues, before: RecordData | null): FieldValues | null {
  const inputs = object.actions.find(({ name }) => name === "preview")?.input;
  if (!inputs) return null;
  const asked: FieldValues = {};
  for (const { name } of inputs) {
    // What a new version leaves out stays as it was.
    const value = isEmptyValue(values[name]) ? before?.[name] : values[name];
    if (!isEmptyValue(value)) asked[name] = value;
  }
  if (!("pool" in asked) || !("kind" in asked)) return null;
  const custom = asked.kind === "custom";
  return (custom ? "condition" : "days") in asked ? asked : null;
}
