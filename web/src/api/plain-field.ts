import type { FieldMeta, FieldType, Label } from "./types";

/** A field that no object declares: everything optional is absent, and it can do nothing in particular. */
export function plainField(name: string, type: FieldType, label: Label, more: Partial<FieldMeta> = {}): FieldMeta {
  return {
    name,
    type,
    label,
    help: null,
    section: null,
    custom: false,
    required: false,
    read_only: false,
    computed: false,
    masked: null,
    unique: false,
    searchable: false,
    sortable: false,
    filterable: false,
    groupable: false,
    default: null,
    ...more,
  };
}
