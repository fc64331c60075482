import { useQuery } from "@tanstack/react-query";
import { type BulkTerms, bulkTerms } from "@/api/changes";
import { queryKeys } from "@/api/query-keys";
import type { ObjectMeta } from "@/api/types";
import type { ListViewState } from "./use-list-view";
import type { Selection } from "./use-selection";

/** How many records are meant when all that match are selected, counted to the last; null while that is not known. */
export function useEverything(object: ObjectMeta, state: ListViewState, selection: Selection): BulkTerms | null {
  const { filter } = state.config;
  const query = { ...(filter ? { filter } : {}), ...(state.q ? { q: state.q } : {}) };
  const terms = useQuery({
    queryKey: queryKeys.bulkTerms(object.name, query),
    queryFn: () => bulkTerms(object.name, query),
    enabled: selection.everything,
    // What is named is what is there now, not what was there a minute ago.
    staleTime: 0,
    gcTime: 0,
  });
  return selection.everything ? (terms.data ?? null) : null;
}
