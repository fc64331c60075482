import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";
import type { components } from "./generated/openapi";
import { queryKeys } from "./query-keys";

type Schemas = components["schemas"];

/** A choice of a select in a definition; `next` are the values it may change to. */
export type OptionDefinition = Schemas["OptionDefinitionInput"];
export type RollupFunction = Schemas["RollupFunction"];
export type RollupDefinition = Schemas["RollupDefinitionInput"];
/** A field as an object's definition holds it (docs/definitions.md). */
export type FieldDefinition = Schemas["FieldDefinitionInput"];
export type Origin = Schemas["Origin"];
export type RuleDefinition = Schemas["RuleDefinitionInput"];
/** A ready list; paths are fields of the record or, through references, of another one. */
export type ListViewDefinition = Schemas["ListViewDefinition"];
export type BoardDefinition = Schemas["BoardViewDefinition"];
export type CalendarDefinition = Schemas["CalendarViewDefinition"];
export type SectionDefinition = Schemas["SectionDefinition"];
export type RelatedListDefinition = Schemas["RelatedListDefinition"];
export type RecordViewDefinition = Schemas["RecordViewDefinition"];
export type ViewsDefinition = Schemas["ViewsDefinition"];
export type IndexDefinition = Schemas["IndexDefinition"];
/** An object's definition; what is not named here travels along untouched. */
export type ObjectDefinition = Schemas["ObjectDefinitionInput"];
export type StoredObject = Schemas["StoredObject"];
export type SchemaChange = Schemas["SchemaChange"];
export type SchemaPlan = Schemas["SchemaPlan"];

export const schemaOptions = queryOptions({
  queryKey: queryKeys.schema,
  queryFn: async ({ signal }) => (await answer(api.GET("/schema/objects", { signal }))).items,
});

/** The company's own currency, and what others are worth in it. */
export const ratesOptions = queryOptions({
  queryKey: [...queryKeys.schema, "rates"],
  queryFn: async ({ signal }) => {
    const { currency, rates } = await answer(api.GET("/schema/objects", { signal }));
    return { currency, rates };
  },
});

export const schemaObjectOptions = (object: string) =>
  queryOptions({
    queryKey: queryKeys.schemaObject(object),
    queryFn: ({ signal }) => answer(api.GET("/schema/objects/{object}", { params: { path: { object } }, signal })),
  });

export const planSchema = (changes: SchemaChange[]): Promise<SchemaPlan> =>
  answer(api.POST("/schema/plan", { body: { changes } }));
export const applySchema = (changes: SchemaChange[], acceptLoss: boolean): Promise<unknown> =>
  answer(api.POST("/schema/apply", { body: { changes, accept_loss: acceptLoss } }));
