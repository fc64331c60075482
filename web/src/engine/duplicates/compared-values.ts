import type { FieldValues, ObjectMeta, RecordValues } from "@/api/types";
import { isEmptyValue, toWire } from "@/fields/values";

/** Nothing of these says who somebody is, and some are long. */
const NEVER_COMPARED = new Set(["long_text", "rich_text", "json", "file", "image", "formula", "rollup"]);

/** Of what stands in a form, what may tell that it is there already; in the object's order, as the API takes it. */
export function comparedValues(object: ObjectMeta, values: FieldValues): RecordValues {
  const compared: RecordValues = {};
  for (const field of object.fields) {
    const value = values[field.name];
    if (!NEVER_COMPARED.has(field.type) && !isEmptyValue(value)) compared[field.name] = toWire(value);
  }
  return compared;
}
