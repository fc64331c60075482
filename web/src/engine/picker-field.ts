import type { FieldMeta, Label } from "@/api/types";

/** A field that belongs to no object, so that records can be chosen outside a form with the inputs of fields. */
export function pickerField(target: string, label: Label, several: boolean): FieldMeta {
  return {
    name: target,
    type: several ? "many_to_many" : "reference",
    label,
    help: null,
    section: null,
    custom: false,
    required: false,
    read_only: false,
    computed: false,
    unique: false,
    searchable: false,
    sortable: false,
    filterable: false,
    groupable: false,
    target,
  };
}
