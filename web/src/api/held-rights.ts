import { queryOptions } from "@tanstack/react-query";
import { answer, api, apiUrl } from "./client";
import type { components, operations } from "./generated/openapi";
import { queryKeys } from "./query-keys";
import type { Json } from "./types";

/** Who holds which role, where that comes from and what it opens; and asking for more. */

type Schemas = components["schemas"];

export type HeldRole = Schemas["HeldRole"];
export type HeldRights = Schemas["HeldRights"];
export type RoleHolder = Schemas["RoleHolder"];
export type ObjectSummary = Schemas["ObjectSummary"];
export type Opening = Schemas["Opening"];
type Asked = NonNullable<operations["listHolders"]["parameters"]["query"]>;
/** Whose roles are looked for; what is absent does not matter. */
export type HolderSearch = Omit<Asked, "cursor" | "limit">;

export interface HolderPage {
  items: RoleHolder[];
  next_cursor: string | null;
}

export const myRightsOptions = queryOptions({
  queryKey: queryKeys.myRights,
  queryFn: ({ signal }) => answer(api.GET("/me/rights", { signal })),
  staleTime: 0,
});

export const rightsOfOptions = (id: string) =>
  queryOptions({
    queryKey: queryKeys.rightsOf(id),
    queryFn: ({ signal }) => answer(api.GET("/users/{id}/rights", { params: { path: { id } }, signal })),
  });

export const readHolders = (query: Asked, signal?: AbortSignal): Promise<HolderPage> =>
  answer(api.GET("/rights/holders", { params: { query }, signal }));

/** Where the table is as a file: a row for each role held, or for each kind of record it opens. */
export const holdersFile = (search: HolderSearch, format: "csv" | "xlsx", by: "role" | "object"): string =>
  apiUrl("/rights/holders/export", { ...search, format, by });

/** Asks for rights; what it answers names the request. */
export const askForRights = (input: { [name: string]: Json }): Promise<Json> =>
  // Only a dry run answers something else.
  answer(
    api.POST("/records/{object}/actions/{action}", {
      params: { path: { object: "rights_request", action: "ask" } },
      body: input,
    }),
  ) as Promise<Json>;
