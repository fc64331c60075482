import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";
import type { components } from "./generated/openapi";
import { queryKeys } from "./query-keys";
import type { RecordValues } from "./types";

/** Records that may mean the same: told while one is typed, gathered into groups for review, decided by people. */

type Schemas = components["schemas"];

/** What one field says about two records. */
export type DuplicateReason = Schemas["DuplicateReason"];
/** One that may be the same, of the object compared or of another; of one out of sight no more than whose it is. */
export type DuplicateCandidate = Schemas["DuplicateCandidate"];
export type DuplicateCheck = Schemas["DuplicateCheck"];
export type DuplicateState = "open" | "different";
export type DuplicatePair = Schemas["DuplicatePair"];
/** Records that seem to be one, as far as the caller may see them. */
export type DuplicateGroup = Schemas["DuplicateGroup"];
export type DuplicatePage = Schemas["DuplicateGroups"];
export type DuplicateStatus = Schemas["DuplicateStatus"];

const of = (object: string) => ({ params: { path: { object } } });

export const checkDuplicates = (
  object: string,
  body: { values: RecordValues; id?: string },
  signal?: AbortSignal,
): Promise<DuplicateCheck> => answer(api.POST("/records/{object}/duplicates/check", { ...of(object), body, signal }));

export const listDuplicates = (
  object: string,
  query: { state: DuplicateState; limit: number; cursor?: string | undefined },
  signal?: AbortSignal,
): Promise<DuplicatePage> =>
  answer(api.GET("/records/{object}/duplicates", { params: { path: { object }, query }, signal }));

/** "different" is remembered: no later search brings such a pair back until it is "open" again. */
export const decideDuplicates = (
  object: string,
  pairs: [left: string, right: string][],
  verdict: DuplicateState,
): Promise<void> =>
  answer(api.POST("/records/{object}/duplicates/decide", { ...of(object), body: { pairs, verdict } }));

export const scanDuplicates = (object: string): Promise<DuplicateStatus> =>
  answer(api.POST("/records/{object}/duplicates/scan", of(object)));

/** From which probability on groups are merged by themselves; never where null. */
export const setAutomaticMerging = (object: string, atLeast: number | null): Promise<DuplicateStatus> =>
  answer(api.POST("/records/{object}/duplicates/automatic", { ...of(object), body: { at_least: atLeast } }));

/** How long until a running search is asked again how far it is, in milliseconds. */
const LOOK_AGAIN_MS = 1_500;

export const duplicateStatusOptions = (object: string) =>
  queryOptions({
    queryKey: queryKeys.duplicates(object, { status: true }),
    queryFn: ({ signal }): Promise<DuplicateStatus> =>
      answer(api.GET("/records/{object}/duplicates/status", { ...of(object), signal })),
    refetchInterval: (query) => (query.state.data?.state === "running" ? LOOK_AGAIN_MS : false),
    staleTime: 10_000,
  });

const NOT_READY_MS = 5_000;

/** What a record with these values may already be there as. */
export const duplicateCheckOptions = (object: string, id: string | null, values: RecordValues) =>
  queryOptions({
    queryKey: queryKeys.duplicates(object, { id, values }),
    queryFn: ({ signal }) => checkDuplicates(object, { values, ...(id ? { id } : {}) }, signal),
    // While it is typed, what was found for the letters before stays.
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (query.state.data?.ready === false ? NOT_READY_MS : false),
    retry: false,
    staleTime: 30_000,
    gcTime: 60_000,
  });
