import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";
import { queryKeys } from "./query-keys";
import type { Count, ObjectMeta, RecordData, RecordValues, Reference } from "./types";

/** Records that may mean the same: told while one is typed, gathered into groups for review, decided by people. */

/** What one field says about two records. */
export interface DuplicateReason {
  field: string;
  /** The part of it that was compared: a city, a family name; null for the whole. */
  part: string | null;
  /** How far the values agree: `equal`, `same_sound`, `near`... */
  agreement: string;
  rarity: "rare" | "common" | null;
  /** How much that says, as a base-2 logarithm; below 0 it speaks against. */
  bits: number;
}

export type DuplicateCandidate =
  | {
      visible: true;
      id: string;
      label: string | null;
      owner: Reference | null;
      probability: number;
      /** Strongest first. */
      reasons: DuplicateReason[];
    }
  /** There is one, of which the caller may see nothing but whose it is. */
  | { visible: false; owner: Reference | null; probability: number };

export interface DuplicateCheck {
  /** False while the server is still reading its records. */
  ready: boolean;
  /** Likeliest first. */
  candidates: DuplicateCandidate[];
}

export type DuplicateState = "open" | "different";

export interface DuplicatePair {
  left: string;
  right: string;
  probability: number;
  is_automatic: boolean;
  reasons: DuplicateReason[];
  decided_by?: { id: string | null; label: string | null } | null;
  decided_at?: string | null;
}

/** Records that seem to be one, as far as the caller may see them. */
export interface DuplicateGroup {
  group: string;
  certainty: number;
  records: RecordData[];
  pairs: DuplicatePair[];
}

export interface DuplicatePage {
  items: DuplicateGroup[];
  next_cursor: string | null;
  count: Count;
}

export interface DuplicateStatus {
  state: "never" | "running" | "ready" | "failed";
  progress: { done: number; total: number } | null;
  scanned_at: string | null;
  records: number;
  open: number;
  different: number;
  may_scan: boolean;
}

/** The client before docs/openapi.json has these routes. */
interface Routes {
  GET(path: string, init: object): Promise<{ data?: unknown; response: Response }>;
  POST(path: string, init: object): Promise<{ data?: unknown; response: Response }>;
}
const routes = api as unknown as Routes;

/** Whether records of an object are compared with one another. */
export const hasDuplicates = (object: ObjectMeta): boolean => (object as { duplicates?: boolean }).duplicates === true;

/** People, places in the organisation, rights and files: two of them never become one. */
const KEPT_APART = new Set(["user", "department", "team", "job_post", "role", "role_grant", "file", "file_version"]);

/** Whether the caller may make one record of several. */
export const mayMerge = (object: ObjectMeta): boolean =>
  object.access.update && object.access.delete && !KEPT_APART.has(object.name);

export const checkDuplicates = (
  object: string,
  body: { values: RecordValues; id?: string },
  signal?: AbortSignal,
): Promise<DuplicateCheck> =>
  answer(routes.POST("/records/{object}/duplicates/check", { params: { path: { object } }, body, signal }));

export const listDuplicates = (
  object: string,
  query: { state: DuplicateState; limit: number; cursor?: string | undefined },
  signal?: AbortSignal,
): Promise<DuplicatePage> =>
  answer(routes.GET("/records/{object}/duplicates", { params: { path: { object }, query }, signal }));

/** "different" is remembered: no later search brings such a pair back until it is "open" again. */
export const decideDuplicates = (
  object: string,
  pairs: [left: string, right: string][],
  verdict: DuplicateState,
): Promise<void> =>
  answer(
    routes.POST("/records/{object}/duplicates/decide", { params: { path: { object } }, body: { pairs, verdict } }),
  );

export const scanDuplicates = (object: string): Promise<DuplicateStatus> =>
  answer(routes.POST("/records/{object}/duplicates/scan", { params: { path: { object } } }));

/** How long until a running search is asked again how far it is, in milliseconds. */
const LOOK_AGAIN_MS = 1_500;

export const duplicateStatusOptions = (object: string) =>
  queryOptions({
    queryKey: queryKeys.duplicates(object, { status: true }),
    queryFn: ({ signal }): Promise<DuplicateStatus> =>
      answer(routes.GET("/records/{object}/duplicates/status", { params: { path: { object } }, signal })),
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
