import { queryOptions } from "@tanstack/react-query";
import { get, post } from "./client";
import { queryKeys } from "./query-keys";
import type { RightsChange } from "./rights";
import type { FieldError, FieldType, Json, Label, SelectOption } from "./types";

/** A choice of a select in a definition; `next` are the values it may change to. */
export interface OptionDefinition extends SelectOption {
  next?: string[];
}

export type RollupFunction = "count" | "sum" | "min" | "max" | "latest";

export interface RollupDefinition {
  object: string;
  via: string;
  function: RollupFunction;
  field?: string;
  filter?: string;
}

/** A field as an object's definition holds it (docs/definitions.md). */
export interface FieldDefinition {
  name: string;
  type: FieldType;
  label: Label;
  help?: Label;
  required?: boolean;
  unique?: boolean;
  searchable?: boolean;
  indexed?: boolean;
  read_only?: boolean;
  default?: Json;
  options?: OptionDefinition[];
  target?: string;
  on_delete?: "keep" | "restrict" | "cascade";
  scale?: number;
  min?: number;
  max?: number;
  max_length?: number;
  pattern?: string;
  number_format?: string;
  required_when?: string;
  visible_when?: string;
  read_only_when?: string;
  expression?: string;
  result?: FieldType;
  rollup?: RollupDefinition;
}

export type Origin = "system" | "standard" | "pack" | "custom";

export interface RuleDefinition {
  name: string;
  expression: string;
  message: Label;
  field?: string;
}

/** An object's definition; what is not named here travels along untouched. */
export interface ObjectDefinition {
  name: string;
  label: Label;
  plural?: Label;
  help?: Label;
  icon?: string;
  color?: string;
  title_field: string;
  owned?: boolean;
  internal?: boolean;
  /** Rights follow from its records: `*` in a role does not hold for it. */
  explicit_rights?: boolean;
  field: FieldDefinition[];
  rule?: RuleDefinition[];
  views?: Json;
  index?: { fields: string[]; unique?: boolean }[];
}

export interface StoredObject extends Omit<ObjectDefinition, "field"> {
  app: string;
  origin: Origin;
  field: (FieldDefinition & { origin: Origin })[];
}

export type SchemaChange =
  | { op: "add_object"; object: ObjectDefinition }
  | { op: "change_object"; object: ObjectDefinition }
  | { op: "remove_object"; object: string }
  | { op: "add_field"; object: string; field: FieldDefinition }
  | { op: "change_field"; object: string; field: FieldDefinition }
  | { op: "remove_field"; object: string; name: string }
  | RightsChange;

export interface SchemaPlan {
  steps: { op: string; object: string; field?: string; summary: Label }[];
  losses: { object: string; field: string | null; values: number }[];
  problems: FieldError[];
}

export const schemaOptions = queryOptions({
  queryKey: queryKeys.schema,
  queryFn: async ({ signal }) => (await get<{ items: StoredObject[] }>("/schema/objects", undefined, signal)).items,
});

export const schemaObjectOptions = (object: string) =>
  queryOptions({
    queryKey: queryKeys.schemaObject(object),
    queryFn: ({ signal }) => get<StoredObject>(`/schema/objects/${object}`, undefined, signal),
  });

export const planSchema = (changes: SchemaChange[]): Promise<SchemaPlan> =>
  post<SchemaPlan>("/schema/plan", { changes });
export const applySchema = (changes: SchemaChange[], acceptLoss: boolean): Promise<unknown> =>
  post("/schema/apply", { changes, accept_loss: acceptLoss });
