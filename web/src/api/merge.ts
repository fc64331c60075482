import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";
import type { ApiError } from "./errors";
import type { components } from "./generated/openapi";
import { queryKeys } from "./query-keys";

/** One record made of several; the others lead to it from then on, until the merge is taken back. */

type Schemas = components["schemas"];

export interface MergeInput {
  others: string[];
  /** Of which record the value of a field is taken where that is not the usual one. */
  take: { [field: string]: string };
}

export type MergeMove = Schemas["Moves"];
export type MergePreview = Schemas["MergePlan"];
export type Merged = Schemas["Merged"];
/** A record that was merged into another one and still is. */
export type MergeEntry = Schemas["MergedRecord"];

/** The most records that become one in one act, the survivor among them. */
export const MOST_MERGED = 20;
/** A count this high means "so many or more". */
export const MOST_COUNTED = 1000;

const of = (object: string, id: string) => ({ params: { path: { object, id } } });

/** What a merge would make of it; nothing is written. */
export const mergePreviewOptions = (object: string, survivor: string, input: MergeInput) =>
  queryOptions({
    queryKey: queryKeys.mergePreview(object, { survivor, ...input }),
    queryFn: async ({ signal }): Promise<MergePreview> => {
      const params = { path: { object, id: survivor }, query: { dry_run: true } };
      // With `dry_run` it is the plan.
      return (await answer(api.POST("/records/{object}/{id}/merge", { params, body: input, signal }))) as MergePreview;
    },
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 0,
    gcTime: 0,
  });

export const mergeRecords = (object: string, survivor: string, input: MergeInput): Promise<Merged> =>
  // Only a dry run answers something else.
  answer(api.POST("/records/{object}/{id}/merge", { ...of(object, survivor), body: input })) as Promise<Merged>;

export const mergesOptions = (object: string, id: string) =>
  queryOptions({
    queryKey: queryKeys.merges(object, id),
    queryFn: async ({ signal }): Promise<MergeEntry[]> =>
      (await answer(api.GET("/records/{object}/{id}/merges", { ...of(object, id), signal }))).items,
    staleTime: 30_000,
  });

/** Where the record went that a call was about, if that is why it was refused. */
export function mergedInto(error: ApiError): { object: string; id: string } | null {
  const into = error.problem?.merged_into;
  return error.code === "merged" && into ? into : null;
}
