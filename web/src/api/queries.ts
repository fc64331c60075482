import { queryOptions } from "@tanstack/react-query";
import { get, request, setCsrfToken } from "./client";
import { queryKeys } from "./query-keys";
import type { Me, Meta, SearchResult, Setup } from "./types";

export const setupOptions = queryOptions({
  queryKey: queryKeys.setup,
  queryFn: ({ signal }) => get<Setup>("/setup", undefined, signal),
  staleTime: 60_000,
});

/** Who is signed in. Reading it also hands the client the token of this session. */
export const meOptions = queryOptions({
  queryKey: queryKeys.me,
  queryFn: async ({ signal }) => {
    const me = await request<Me>("GET", "/me", { signal, expectSignedOut: true });
    setCsrfToken(me.csrf_token);
    return me;
  },
  staleTime: 10 * 60_000,
});

export const metaOptions = queryOptions({
  queryKey: queryKeys.meta,
  queryFn: ({ signal }) => get<Meta>("/meta", undefined, signal),
  staleTime: 5 * 60_000,
});

export const searchOptions = (text: string, objects?: string, limit = 20) =>
  queryOptions({
    queryKey: queryKeys.search(text, objects),
    queryFn: ({ signal }) => get<SearchResult>("/search", { q: text, objects, limit }, signal),
    enabled: text.trim() !== "",
    staleTime: 15_000,
  });
