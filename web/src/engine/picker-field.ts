import { plainField } from "@/api/plain-field";
import type { FieldMeta, Label } from "@/api/types";

/** A field that belongs to no object, so that records can be chosen outside a form with the inputs of fields. */
export function pickerField(target: string, label: Label, several: boolean): FieldMeta {
  return plainField(target, several ? "many_to_many" : "reference", label, { target });
}
