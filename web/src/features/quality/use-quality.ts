import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { listQuality, QUALITY_RULE, readSummary, readTrend, readWorklist, type WorklistQuery } from "@/api/quality";
import { queryKeys } from "@/api/query-keys";
import { useObject } from "@/engine/meta";

/** Below the object: whatever happens to its records makes what is said of their quality stale. */
export const qualityKey = (object: string, ...what: unknown[]) => [...queryKeys.object(object), "quality", ...what];
const ALL = [...queryKeys.object(QUALITY_RULE), "quality"];

/** The objects that something is expected of, with their scores. */
export function useQualityObjects() {
  const known = useObject(QUALITY_RULE) !== null;
  return useQuery({
    queryKey: ALL,
    queryFn: async ({ signal }) => (await listQuality(signal)).items,
    enabled: known,
    staleTime: 60_000,
    // While records are judged, the numbers move.
    refetchInterval: ({ state }) => (state.data?.some((one) => one.state === "judging") ? 3_000 : false),
  });
}

export const useSummary = (object: string, by: "department" | "owner") =>
  useQuery({
    queryKey: qualityKey(object, "summary", by),
    queryFn: ({ signal }) => readSummary(object, { by }, signal),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });

export const useTrend = (object: string, days: number) =>
  useQuery({
    queryKey: qualityKey(object, "trend", days),
    queryFn: ({ signal }) => readTrend(object, days, signal),
    staleTime: 5 * 60_000,
  });

const PAGE = 50;

export const useWorklist = (object: string, query: WorklistQuery) =>
  useInfiniteQuery({
    queryKey: qualityKey(object, "worklist", query),
    queryFn: ({ pageParam, signal }) =>
      readWorklist(
        object,
        { ...query, limit: PAGE, cursor: pageParam ?? undefined, ...(pageParam ? {} : { count: "capped" as const }) },
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    staleTime: 15_000,
  });
