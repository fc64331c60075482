import type { FieldType } from "@/api/types";

/** The parts of a field that only some types know (kernel/src/fields/keys.rs keeps the same table). */
export const FIELD_KEYS = [
  "required",
  "required_when",
  "read_only_when",
  "default",
  "unique",
  "searchable",
  "indexed",
  "options",
  "target",
  "on_delete",
  "scale",
  "min",
  "max",
  "max_length",
  "pattern",
  "form",
  "number_format",
  "expression",
  "result",
  "rollup",
] as const;
export type FieldKey = (typeof FIELD_KEYS)[number];

const ENTERED: FieldKey[] = ["required", "required_when", "read_only_when", "default"];
const KEYED: FieldKey[] = ["unique", "searchable", "indexed"];

const BY_TYPE: Record<FieldType, FieldKey[]> = {
  text: [...ENTERED, ...KEYED, "max_length", "pattern", "form"],
  long_text: [...ENTERED, "searchable", "max_length", "pattern"],
  rich_text: [...ENTERED, "searchable", "max_length"],
  number: [...ENTERED, ...KEYED, "min", "max"],
  decimal: [...ENTERED, ...KEYED, "scale", "min", "max"],
  money: [...ENTERED, "indexed", "min", "max"],
  percent: [...ENTERED, "indexed", "min", "max"],
  boolean: [...ENTERED, "indexed"],
  date: [...ENTERED, "unique", "indexed"],
  datetime: [...ENTERED, "unique", "indexed"],
  duration: [...ENTERED, "indexed", "min", "max"],
  select: [...ENTERED, ...KEYED, "options"],
  multi_select: [...ENTERED, "searchable", "options"],
  email: [...ENTERED, ...KEYED, "max_length", "pattern"],
  phone: [...ENTERED, ...KEYED],
  url: [...ENTERED, ...KEYED, "max_length", "pattern"],
  address: [...ENTERED, "searchable"],
  person_name: [...ENTERED, ...KEYED, "max_length"],
  tags: [...ENTERED],
  reference: [...ENTERED, "target", "on_delete", "unique", "indexed"],
  record: [...ENTERED, "indexed"],
  many_to_many: [...ENTERED, "target"],
  user: [...ENTERED, "on_delete", "unique", "indexed"],
  department: [...ENTERED, "on_delete", "unique", "indexed"],
  file: ["required", "required_when", "read_only_when"],
  image: ["required", "required_when", "read_only_when"],
  auto_number: [...KEYED, "number_format"],
  geo: [...ENTERED],
  json: [...ENTERED],
  formula: ["expression", "result", "indexed"],
  rollup: ["rollup", "indexed"],
};

/** What a formula may give. */
export const FORMULA_RESULTS: FieldType[] = [
  "text",
  "number",
  "decimal",
  "percent",
  "boolean",
  "date",
  "datetime",
  "duration",
];

export function keysOf(type: FieldType, result?: FieldType): Set<FieldKey> {
  const keys = new Set(BY_TYPE[type]);
  if (type === "formula" && result === "text") keys.add("searchable").add("unique");
  if (type === "formula" && result === "decimal") keys.add("scale");
  return keys;
}

/** The types in the order people look for them. */
export const TYPE_GROUPS: {
  group: "text" | "numbers" | "time" | "choice" | "links" | "contact" | "files" | "computed";
  types: FieldType[];
}[] = [
  { group: "text", types: ["text", "long_text", "rich_text"] },
  { group: "numbers", types: ["number", "decimal", "money", "percent"] },
  { group: "choice", types: ["select", "multi_select", "boolean", "tags"] },
  { group: "time", types: ["date", "datetime", "duration"] },
  { group: "contact", types: ["phone", "email", "url", "address", "person_name", "geo"] },
  { group: "links", types: ["reference", "many_to_many", "user", "department", "record"] },
  { group: "files", types: ["file", "image", "json"] },
  { group: "computed", types: ["formula", "rollup", "auto_number"] },
];
