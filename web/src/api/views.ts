import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";

/** How many records that are nobody's the caller may still open today, circle by circle. */
export interface ViewsLeft {
  object: string;
  circle: string;
  limit: number;
  used: number;
  left: number;
  until: string;
}

/** Why a record was not shown: as many were opened today as may be. */
export const VIEW_LIMIT = "view_limit_reached";

/** `record` is the one just opened: each may have changed the count. */
export const viewsOptions = (record: string) =>
  queryOptions({
    queryKey: ["me", "views", record] as const,
    queryFn: async ({ signal }): Promise<ViewsLeft[]> => {
      const found = await answer(api.GET("/me/views" as "/me", { signal }));
      return (found as unknown as { items?: ViewsLeft[] }).items ?? [];
    },
    staleTime: 0,
    retry: false,
  });
