import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";
import type { components } from "./generated/openapi";

/** How many records that are nobody's the caller may still open today, circle by circle. */
export type ViewsLeft = components["schemas"]["ViewAllowance"];

/** Why a record was not shown: as many were opened today as may be. */
export const VIEW_LIMIT = "view_limit_reached";

/** `record` is the one just opened: each may have changed the count. */
export const viewsOptions = (record: string) =>
  queryOptions({
    queryKey: ["me", "views", record] as const,
    queryFn: async ({ signal }): Promise<ViewsLeft[]> => (await answer(api.GET("/me/views", { signal }))).items,
    staleTime: 0,
    retry: false,
  });
