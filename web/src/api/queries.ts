import { queryOptions } from "@tanstack/react-query";
import { answer, api, mayBeSignedOut, setCsrfToken } from "./client";
import { queryKeys } from "./query-keys";

export const setupOptions = queryOptions({
  queryKey: queryKeys.setup,
  queryFn: ({ signal }) => answer(api.GET("/setup", { signal })),
  staleTime: 60_000,
});

/** Who is signed in. Reading it also hands the client the token of this session. */
export const meOptions = queryOptions({
  queryKey: queryKeys.me,
  queryFn: async ({ signal }) => {
    const me = await answer(api.GET("/me", { signal, ...mayBeSignedOut }));
    setCsrfToken(me.csrf_token);
    return me;
  },
  staleTime: 10 * 60_000,
});

export const metaOptions = queryOptions({
  queryKey: queryKeys.meta,
  queryFn: ({ signal }) => answer(api.GET("/meta", { signal })),
  staleTime: 5 * 60_000,
});

export const searchOptions = (text: string, objects?: string, limit = 20) =>
  queryOptions({
    queryKey: queryKeys.search(text, objects),
    queryFn: ({ signal }) => answer(api.GET("/search", { params: { query: { q: text, objects, limit } }, signal })),
    enabled: text.trim() !== "",
    staleTime: 15_000,
  });
