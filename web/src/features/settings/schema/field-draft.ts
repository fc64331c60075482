import type { FieldDefinition, OptionDefinition, RollupDefinition } from "@/api/schema";
import type { FieldType, Json, Label } from "@/api/types";
import { keysOf } from "./field-keys";

/** A field while it is being edited: every part has a value, those that do not apply are left out at the end. */
export interface FieldDraft {
  name: string;
  type: FieldType;
  label: Label;
  help: Label;
  required: boolean;
  unique: boolean;
  searchable: boolean;
  indexed: boolean;
  read_only: boolean;
  default: Json;
  options: OptionDefinition[];
  /** `object.field`: the choices are those of another field, and are changed there. */
  options_of: string;
  options_from: FieldDefinition["options_from"];
  target: string;
  on_delete: "keep" | "restrict" | "cascade";
  scale: number | null;
  min: number | null;
  max: number | null;
  max_length: number | null;
  pattern: string;
  form: FieldDefinition["form"];
  number_format: string;
  required_when: string;
  visible_when: string;
  read_only_when: string;
  expression: string;
  result: FieldType;
  rollup: RollupDefinition;
}

const EMPTY: Label = { "zh-CN": "", en: "" };

export function newField(): FieldDraft {
  return {
    name: "",
    type: "text",
    label: EMPTY,
    help: EMPTY,
    required: false,
    unique: false,
    searchable: false,
    indexed: false,
    read_only: false,
    default: null,
    options: [],
    options_of: "",
    options_from: null,
    target: "",
    on_delete: "keep",
    scale: null,
    min: null,
    max: null,
    max_length: null,
    pattern: "",
    form: null,
    number_format: "N{yyyy}-{0000}",
    required_when: "",
    visible_when: "",
    read_only_when: "",
    expression: "",
    result: "decimal",
    rollup: { object: "", via: "", function: "count" },
  };
}

export function draftOf(definition: FieldDefinition): FieldDraft {
  const given = Object.fromEntries(
    Object.entries(definition).filter(([key, value]) => key !== "origin" && value !== undefined && value !== null),
  );
  return { ...newField(), number_format: "", ...given };
}

/** A label with text in at least one language; the other language borrows it. */
export function fullLabel(label: Label): Label | null {
  const zh = label["zh-CN"].trim();
  const en = label.en.trim();
  if (zh === "" && en === "") return null;
  return { "zh-CN": zh || en, en: en || zh };
}

function rollupOf(rollup: RollupDefinition): RollupDefinition {
  const { object, via, function: name, field, filter } = rollup;
  return {
    object,
    via,
    function: name,
    ...(name !== "count" && field ? { field } : {}),
    ...(filter?.trim() ? { filter: filter.trim() } : {}),
  };
}

/** The option as the definition holds it: nothing empty, no flag that is off. */
function optionOf(option: OptionDefinition): OptionDefinition {
  return {
    value: option.value,
    label: fullLabel(option.label) ?? { "zh-CN": option.value, en: option.value },
    ...(option.color ? { color: option.color } : {}),
    ...(option.next ? { next: option.next } : {}),
    ...(option.closed ? { closed: true } : {}),
    ...(option.closed && option.won ? { won: true } : {}),
    ...(typeof option.probability === "number" ? { probability: option.probability } : {}),
    ...(option.retired ? { retired: true } : {}),
  };
}

/** Choices of its own, or where they stand. */
function choicesOf(draft: FieldDraft): Pick<FieldDefinition, "options" | "options_from" | "options_of"> {
  if (draft.options_of) return { options_of: draft.options_of };
  if (draft.options_from) return { options_from: draft.options_from };
  return { options: draft.options.map(optionOf) };
}

/** The definition a draft stands for: only the keys that its type knows and that say something. */
export function definitionOf(draft: FieldDraft): FieldDefinition {
  const keys = keysOf(draft.type, draft.result);
  const label = fullLabel(draft.label) ?? { "zh-CN": draft.name, en: draft.name };
  const help = fullLabel(draft.help);
  const definition: FieldDefinition = { name: draft.name.trim(), type: draft.type, label, ...(help ? { help } : {}) };
  for (const flag of ["required", "unique", "searchable", "indexed"] as const) {
    if (keys.has(flag) && draft[flag]) definition[flag] = true;
  }
  if (draft.read_only) definition.read_only = true;
  for (const text of ["pattern", "number_format", "required_when", "read_only_when", "expression"] as const) {
    if (keys.has(text) && draft[text].trim() !== "") definition[text] = draft[text].trim();
  }
  if (keys.has("form") && draft.form) definition.form = draft.form;
  if (draft.visible_when.trim() !== "") definition.visible_when = draft.visible_when.trim();
  for (const number of ["scale", "min", "max", "max_length"] as const) {
    const value = draft[number];
    if (keys.has(number) && value !== null) definition[number] = value;
  }
  const empty =
    draft.default === null || draft.default === "" || (Array.isArray(draft.default) && draft.default.length === 0);
  if (keys.has("default") && !empty) definition.default = draft.default;
  if (keys.has("options")) Object.assign(definition, choicesOf(draft));
  if (keys.has("target") && draft.target) definition.target = draft.target;
  if (keys.has("on_delete") && draft.on_delete !== "keep") definition.on_delete = draft.on_delete;
  if (keys.has("result")) definition.result = draft.result;
  if (keys.has("rollup")) definition.rollup = rollupOf(draft.rollup);
  return definition;
}

/** A name for machines out of a label: lower-case letters, digits and single underscores; empty where it has no letters. */
export function nameFrom(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[^a-z]+/, "")
    .slice(0, 40)
    .replace(/_+$/, "");
}

export type NameProblem = "empty" | "bad" | "reserved" | "taken";

const RESERVED = new Set(
  "me id version created_at created_by updated_at updated_by deleted_at label true false null".split(" "),
);

export function nameProblem(name: string, taken: string[]): NameProblem | null {
  if (name === "") return "empty";
  if (!/^[a-z][a-z0-9_]{0,39}$/.test(name) || name.includes("__") || name.endsWith("_")) return "bad";
  if (RESERVED.has(name)) return "reserved";
  return taken.includes(name) ? "taken" : null;
}

/** What the server said of a definition: which part, where in its expression, and what. */
export interface DefinitionProblem {
  /** Null where it is about the field as a whole. */
  key: string | null;
  /** From 0, in an expression. */
  position: number | null;
  message: string;
}

const KEY = /^([a-z0-9_.]+): (.*)$/s;
const PLACE = /(?:line (\d+), column (\d+): |第(\d+)行第(\d+)列：)(.*)$/s;

/** Reads `expression: line 1, column 5: unknown field` (or `第1行第5列：…`) against the text the place is in. */
export function readProblem(message: string, expressionOf: (key: string) => string): DefinitionProblem {
  const keyed = KEY.exec(message);
  const key = keyed?.[1] ?? null;
  const rest = keyed?.[2] ?? message;
  const place = PLACE.exec(rest);
  if (!place) return { key, position: null, message: rest };
  const [, enLine, enColumn, zhLine, zhColumn, reason = ""] = place;
  const [line, column] = [enLine ?? zhLine, enColumn ?? zhColumn];
  const lines = expressionOf(key ?? "").split("\n");
  const before = lines.slice(0, Number(line) - 1).reduce((sum, text) => sum + text.length + 1, 0);
  return { key, position: before + Number(column) - 1, message: reason };
}
