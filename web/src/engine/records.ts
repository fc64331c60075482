import {
  hashKey,
  infiniteQueryOptions,
  keepPreviousData,
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useEffect } from "react";
import { queryKeys } from "@/api/query-keys";
import {
  bulkChange,
  createRecord,
  deleteRecord,
  isRecordList,
  listRecords,
  type RecordListData,
  readRecord,
  restoreRecord,
  restoreVersion,
  type UpdateOptions,
  undoChange,
  updateRecord,
} from "@/api/records";
import type { BulkInput, Count, FieldValues, ListQuery, RecordData, RecordValues } from "@/api/types";
import { toWire } from "@/fields/values";
import { invalidateLists, isLongList, readListPage, renewOnReturn } from "@/realtime/long-lists";

export type { RecordListData };

/** A list read page by page with the server's cursor. */
export const recordListOptions = (object: string, query: ListQuery) =>
  infiniteQueryOptions({
    queryKey: queryKeys.list(object, query),
    queryFn: ({ pageParam, signal }) => readListPage(object, query, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: 30_000,
  });

export function useRecordList(object: string, query: ListQuery, options: { enabled?: boolean } = {}) {
  const queryClient = useQueryClient();
  const hash = hashKey(queryKeys.list(object, query));
  // A long list is many pages, which are not read again one after the other; what is looked at is.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the hash says what the query is
  useEffect(() => renewOnReturn(queryClient, queryKeys.list(object, query)), [queryClient, hash]);
  return useInfiniteQuery({
    ...recordListOptions(object, query),
    enabled: options.enabled ?? true,
    placeholderData: keepPreviousData,
    refetchOnMount: (kept) => !isLongList(kept.state.data),
    refetchOnReconnect: (kept) => !isLongList(kept.state.data),
    // Live news keep it right: reading it again whenever the window comes forward would be felt.
    refetchOnWindowFocus: false,
  });
}

/** How many there are: exact below a thousand unless counting takes too long, else "at least so many". */
export function useRecordCount(object: string, query: Pick<ListQuery, "filter" | "q" | "deleted">) {
  return useQuery({
    queryKey: queryKeys.count(object, query),
    queryFn: async ({ signal }): Promise<Count | null> => {
      const page = await listRecords(object, { ...query, limit: 1, fields: "id", count: "capped" }, signal);
      return page.count ?? null;
    },
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
}

/**
 * Asks again for everything of an object that is on the screen and could not be read. What failed for one part of it
 * (a column of a board) mostly failed for the others, and nobody should press a button for each.
 */
export function useRetryFailed(object: string): () => void {
  const queryClient = useQueryClient();
  return () =>
    void queryClient.refetchQueries({
      queryKey: queryKeys.object(object),
      type: "active",
      predicate: (query) => query.state.status === "error",
    });
}

export function useRecord(object: string, id: string) {
  return useQuery({
    queryKey: queryKeys.record(object, id),
    queryFn: ({ signal }) => readRecord(object, id, undefined, signal),
    staleTime: 10_000,
  });
}

/** The values of a change as the API takes them. */
export function wireValues(values: FieldValues): RecordValues {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, toWire(value)]));
}

/** A record with other values, as it is drawn before the server has said anything. */
export function withValues(record: RecordData, values: FieldValues): RecordData {
  return { ...record, ...values } as RecordData;
}

/** Puts a record as it is now into every cached list and its own page, without reading anything again. */
export function storeRecord(queryClient: QueryClient, object: string, record: RecordData): void {
  queryClient.setQueryData<RecordData>(queryKeys.record(object, record.id), (before) => ({ ...before, ...record }));
  queryClient.setQueriesData<RecordListData>({ queryKey: queryKeys.lists(object) }, (data) => {
    if (!isRecordList(data)) return data;
    return {
      ...data,
      pages: data.pages.map((page) => {
        const index = page.items.findIndex((item) => item.id === record.id);
        if (index < 0) return page;
        const items = [...page.items];
        items[index] = { ...page.items[index], ...record };
        return { ...page, items };
      }),
    };
  });
}

/** Takes records out of every cached list. */
export function dropRecords(queryClient: QueryClient, object: string, ids: ReadonlySet<string>): void {
  queryClient.setQueriesData<RecordListData>({ queryKey: queryKeys.lists(object) }, (data) => {
    if (!isRecordList(data)) return data;
    return {
      ...data,
      pages: data.pages.map((page) => ({ ...page, items: page.items.filter((item) => !ids.has(item.id)) })),
    };
  });
}

/** Everything read from an object is out of date (after a bulk change, an undo, an import). */
export function invalidateObject(queryClient: QueryClient, object: string): Promise<void> {
  return invalidateLists(queryClient, queryKeys.object(object));
}

export interface SaveInput extends UpdateOptions {
  id?: string;
  values: FieldValues;
}

/** Creates (no id) or changes a record. The error of a stale version carries `conflict`. */
export function useSaveRecord(object: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ id, values, ...options }: SaveInput) =>
      id === undefined
        ? createRecord(object, wireValues(values), options.idempotencyKey)
        : updateRecord(object, id, wireValues(values), options),
    onSuccess: (record, input) => {
      storeRecord(queryClient, object, record);
      if (input.id === undefined) {
        void invalidateObject(queryClient, object);
      } else {
        void queryClient.invalidateQueries({ queryKey: queryKeys.aggregates(object) });
        void queryClient.invalidateQueries({ queryKey: queryKeys.history(object, record.id) });
        void queryClient.invalidateQueries({ queryKey: queryKeys.timeline(object, record.id).slice(0, 5) });
      }
    },
  });
}

export function useDeleteRecord(object: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => deleteRecord(object, id),
    onSuccess: (_none, id) => {
      dropRecords(queryClient, object, new Set([id]));
      void invalidateObject(queryClient, object);
    },
  });
}

export function useRestoreRecord(object: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => restoreRecord(object, id),
    onSuccess: () => void invalidateObject(queryClient, object),
  });
}

export function useBulkChange(object: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (input: BulkInput) => bulkChange(object, input),
    onSettled: () => void invalidateObject(queryClient, object),
  });
}

/** Gives a record back what one of its versions held. */
export function useRestoreVersion(object: string, id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (version: number) => restoreVersion(object, id, version),
    onSuccess: () => void queryClient.invalidateQueries({ queryKey: queryKeys.records }),
  });
}

/** Takes a whole change back (an edit, a bulk edit, an import). */
/** Takes a whole change back (an edit, a bulk edit, an import). */
export function useUndoChange() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: undoChange,
    onSuccess: () => void queryClient.invalidateQueries({ queryKey: queryKeys.records }),
  });
}
