import type { FieldMeta, FieldType } from "@/api/types";

/** How the values of a field are compared; decides the operators and the value input. */
export type OperandKind =
  | "text"
  | "number"
  | "date"
  | "datetime"
  | "boolean"
  | "choice"
  | "choices"
  | "link"
  | "links"
  | "other";

const KINDS: Partial<Record<FieldType, OperandKind>> = {
  text: "text",
  long_text: "text",
  email: "text",
  url: "text",
  phone: "text",
  auto_number: "text",
  person_name: "text",
  number: "number",
  decimal: "number",
  percent: "number",
  money: "number",
  date: "date",
  datetime: "datetime",
  boolean: "boolean",
  select: "choice",
  multi_select: "choices",
  reference: "link",
  user: "link",
  department: "link",
  many_to_many: "links",
  tags: "links",
};

export function operandKind(field: Pick<FieldMeta, "type" | "result">): OperandKind {
  const type = field.type === "formula" || field.type === "rollup" ? (field.result ?? "text") : field.type;
  return KINDS[type] ?? "other";
}

export const operatorsByKind = {
  text: ["contains", "not_contains", "eq", "ne", "starts_with", "empty", "not_empty"],
  number: ["eq", "ne", "gt", "gte", "lt", "lte", "empty", "not_empty"],
  date: ["on", "gte", "lte", "lt", "gt", "within", "empty", "not_empty"],
  datetime: ["on", "gte", "lte", "lt", "gt", "within", "empty", "not_empty"],
  boolean: ["is_true", "is_false"],
  choice: ["any_of", "none_of", "empty", "not_empty"],
  choices: ["any_of", "none_of", "empty", "not_empty"],
  link: ["any_of", "none_of", "empty", "not_empty"],
  links: ["any_of", "none_of", "empty", "not_empty"],
  other: ["empty", "not_empty"],
} as const satisfies Record<OperandKind, readonly string[]>;

/** `source_..` ask what set a field, whatever it holds. */
export type Operator =
  | (typeof operatorsByKind)[OperandKind][number]
  | "source_any_of"
  | "source_none_of"
  | "source_since";

/**
 * One line of the builder. `value` is text or a number as text; for `any_of` and `none_of` a list (the id of the
 * caller is `me`); for dates a moment (see `moments.ts`); for `within` a period; null where none is needed or chosen.
 */
export interface Condition {
  path: string;
  operator: Operator;
  value: string | string[] | null;
}

export interface FilterModel {
  match: "all" | "any";
  conditions: Condition[];
}

export const WITHOUT_VALUE: readonly Operator[] = ["empty", "not_empty", "is_true", "is_false"];
export const WITH_LIST: readonly Operator[] = ["any_of", "none_of"];

/** A line that says something: lines still being filled in are left out of the expression. */
export function isComplete(condition: Condition): boolean {
  if (condition.path === "") return false;
  if (WITHOUT_VALUE.includes(condition.operator)) return true;
  if (Array.isArray(condition.value)) return condition.value.length > 0;
  return condition.value !== null && condition.value !== "";
}

export type FieldOfPath = (path: string) => Pick<FieldMeta, "type" | "result"> | null;
