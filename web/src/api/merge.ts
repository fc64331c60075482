import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";
import type { ApiError } from "./errors";
import { queryKeys } from "./query-keys";
import type { FieldError, RecordData } from "./types";

/** One record made of several; the others lead to it from then on, until the merge is taken back. */

export interface MergeInput {
  others: string[];
  /** Of which record the value of a field is taken where that is not the usual one. */
  take: { [field: string]: string };
}

export interface MergeField {
  name: string;
  /** The record whose value stays; null where all values of a field of many stay, or none has one. */
  chosen: string | null;
  /** More than one value that is not empty. */
  differs: boolean;
  may_choose: boolean;
}

export interface MergeMove {
  object: string;
  field: string;
  /** Counted up to 1000. */
  count: number;
}

export interface MergePreview {
  ok: boolean;
  problems: FieldError[];
  /** The survivor first. */
  records: RecordData[];
  fields: MergeField[];
  moves: MergeMove[];
}

export interface Merged {
  change_id: string;
  record: RecordData;
  moved: number;
  /** Links that would have been there twice. */
  removed: number;
}

/** A record that was merged into another one and still is. */
export interface MergeEntry {
  change_id: string;
  id: string;
  label: string | null;
  at: string;
  by: { id: string | null; label: string | null } | null;
}

/** The most records that become one in one act, the survivor among them. */
export const MOST_MERGED = 20;
/** A count this high means "so many or more". */
export const MOST_COUNTED = 1000;

/** The client before docs/openapi.json has these routes. */
interface Routes {
  GET(path: string, init: object): Promise<{ data?: unknown; response: Response }>;
  POST(path: string, init: object): Promise<{ data?: unknown; response: Response }>;
}
const routes = api as unknown as Routes;

const MERGE = "/records/{object}/{id}/merge";

/** What a merge would make of it; nothing is written. */
export const mergePreviewOptions = (object: string, survivor: string, input: MergeInput) =>
  queryOptions({
    queryKey: queryKeys.mergePreview(object, { survivor, ...input }),
    queryFn: ({ signal }): Promise<MergePreview> =>
      answer(
        routes.POST(MERGE, {
          params: { path: { object, id: survivor }, query: { dry_run: true } },
          body: input,
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 0,
    gcTime: 0,
  });

export const mergeRecords = (object: string, survivor: string, input: MergeInput): Promise<Merged> =>
  answer(routes.POST(MERGE, { params: { path: { object, id: survivor } }, body: input }));

export const mergesOptions = (object: string, id: string) =>
  queryOptions({
    queryKey: queryKeys.merges(object, id),
    queryFn: async ({ signal }): Promise<MergeEntry[]> => {
      const read = answer(routes.GET("/records/{object}/{id}/merges", { params: { path: { object, id } }, signal }));
      return ((await read) as { items: MergeEntry[] }).items;
    },
    staleTime: 30_000,
  });

/** Where the record went that a call was about, if that is why it was refused. */
export function mergedInto(error: ApiError): { object: string; id: string } | null {
  const into = (error.problem as { merged_into?: { object: string; id: string } } | null)?.merged_into;
  return error.code === "merged" && into ? into : null;
}
