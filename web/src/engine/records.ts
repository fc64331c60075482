import {
  type InfiniteData,
  keepPreviousData,
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { get, patch, post, remove, request } from "@/api/client";
import { queryKeys } from "@/api/query-keys";
import type {
  BulkInput,
  BulkResult,
  Count,
  FieldValues,
  ListQuery,
  RecordData,
  RecordPage,
  UndoResult,
} from "@/api/types";
import { toWire } from "@/fields/values";

export type RecordListData = InfiniteData<RecordPage, string | null>;

const FIRST_PAGE = 60;
const NEXT_PAGES = 200;

/** A list read page by page with the server's cursor; the first page is small so that it is there at once. */
export function useRecordList(object: string, query: ListQuery, options: { enabled?: boolean } = {}) {
  return useInfiniteQuery({
    queryKey: queryKeys.list(object, query),
    queryFn: ({ pageParam, signal }) => {
      const limit = query.limit ?? (pageParam ? NEXT_PAGES : FIRST_PAGE);
      return get<RecordPage>(`/records/${object}`, { ...query, limit, cursor: pageParam }, signal);
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    enabled: options.enabled ?? true,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    // A long list is many pages: reading them all again whenever the window comes forward would be felt.
    refetchOnWindowFocus: false,
  });
}

/** How many there are: exact below a thousand, else "1,000 or more". */
export function useRecordCount(object: string, query: Pick<ListQuery, "filter" | "q" | "deleted">) {
  return useQuery({
    queryKey: queryKeys.count(object, query),
    queryFn: async ({ signal }): Promise<Count | null> => {
      const page = await get<RecordPage>(
        `/records/${object}`,
        { ...query, limit: 1, fields: "id", count: "capped" },
        signal,
      );
      return page.count ?? null;
    },
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
}

export function useRecord(object: string, id: string) {
  return useQuery({
    queryKey: queryKeys.record(object, id),
    queryFn: ({ signal }) => get<RecordData>(`/records/${object}/${id}`, undefined, signal),
    staleTime: 10_000,
  });
}

/** The values of a change as the API takes them. */
export function wireValues(values: FieldValues): FieldValues {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, toWire(value)]));
}

/** Puts a record as it is now into every cached list and its own page, without reading anything again. */
export function storeRecord(queryClient: QueryClient, object: string, record: RecordData): void {
  queryClient.setQueryData<RecordData>(queryKeys.record(object, record.id), (before) => ({ ...before, ...record }));
  queryClient.setQueriesData<RecordListData>({ queryKey: queryKeys.lists(object) }, (data) => {
    if (!data || !("pages" in data)) return data;
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
    if (!data || !("pages" in data)) return data;
    return {
      ...data,
      pages: data.pages.map((page) => ({ ...page, items: page.items.filter((item) => !ids.has(item.id)) })),
    };
  });
}

/** Everything read from an object is out of date (after a bulk change, an undo, an import). */
export function invalidateObject(queryClient: QueryClient, object: string): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: queryKeys.object(object) });
}

export interface SaveInput {
  id?: string;
  values: FieldValues;
  /** The version the values were based on; a stale one is answered with a conflict. */
  version?: number;
  /** Let fields nobody else touched merge by themselves. */
  merge?: boolean;
  idempotencyKey?: string;
}

/** Creates (no id) or changes a record. The error of a stale version carries `conflict`. */
export function useSaveRecord(object: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ id, values, version, merge, idempotencyKey }: SaveInput) => {
      const headers: Record<string, string> = {};
      if (idempotencyKey) headers["idempotency-key"] = idempotencyKey;
      if (id === undefined) {
        return post<RecordData>(`/records/${object}`, wireValues(values), { headers });
      }
      if (version !== undefined) headers["if-match"] = `"${version}"`;
      if (merge) headers.prefer = "merge";
      return patch<RecordData>(`/records/${object}/${id}`, wireValues(values), { headers });
    },
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
    mutationFn: (id: string) => remove(`/records/${object}/${id}`),
    onSuccess: (_none, id) => {
      dropRecords(queryClient, object, new Set([id]));
      void invalidateObject(queryClient, object);
    },
  });
}

export function useRestoreRecord(object: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => post<RecordData>(`/records/${object}/${id}/restore`),
    onSuccess: () => void invalidateObject(queryClient, object),
  });
}

export function useBulkChange(object: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (input: BulkInput) => post<BulkResult>(`/records/${object}/bulk`, input),
    onSettled: () => void invalidateObject(queryClient, object),
  });
}

/** Takes a whole change back (an edit, a bulk edit, an import). */
export function useUndoChange() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (changeId: string) => request<UndoResult>("POST", `/changes/${changeId}/undo`, { body: {} }),
    onSuccess: () => void queryClient.invalidateQueries({ queryKey: queryKeys.records }),
  });
}
