import { plainField } from "./plain-field";
import type { FieldMeta, FieldType, SelectOption } from "./types";

/** A field as `GET /meta` tells it, for tests. */
export function fieldMeta(name: string, type: FieldType, more: Partial<FieldMeta> = {}): FieldMeta {
  const can = { sortable: true, filterable: true, groupable: true };
  return plainField(name, type, { "zh-CN": name, en: name }, { ...can, ...more });
}

/** A choice of a select. */
export function optionMeta(value: string, more: Partial<SelectOption> = {}): SelectOption {
  return {
    value,
    label: { "zh-CN": value, en: value },
    color: null,
    closed: false,
    won: false,
    probability: null,
    retired: false,
    next: null,
    ...more,
  };
}
