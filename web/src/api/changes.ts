import { answer, api } from "./client";
import type { components } from "./generated/openapi";

type Schemas = components["schemas"];

export type BulkTerms = Schemas["BulkTerms"];
export type ChangeSize = Schemas["ChangeSize"];

/** How many records a change of all that a filter and words find would meet, and how many one change may. */
export const bulkTerms = (object: string, query: { filter?: string; q?: string }): Promise<BulkTerms> =>
  answer(api.GET("/records/{object}/bulk/terms", { params: { path: { object }, query } }));

/** How many records a change is about, for whoever may take it back. */
export const changeSize = (id: string): Promise<ChangeSize> =>
  answer(api.GET("/changes/{id}", { params: { path: { id } } }));
