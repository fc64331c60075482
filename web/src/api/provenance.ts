import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";
import type { components } from "./generated/openapi";
import { queryKeys } from "./query-keys";

/** What set the value a field has, and when. */
export type FieldSource = components["schemas"]["FieldSource"];

/** The sources of all fields of a record, as of one of its versions. */
export const provenanceOptions = (object: string, id: string, version: number) =>
  queryOptions({
    queryKey: queryKeys.provenance(object, id, version),
    queryFn: async ({ signal }): Promise<FieldSource[]> => {
      const path = { object, id };
      const read = await answer(api.GET("/records/{object}/{id}/provenance", { params: { path }, signal }));
      return read.items;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
