import type { QueryClient } from "@tanstack/react-query";
import { queryKeys } from "@/api/query-keys";
import { isRecordList } from "@/api/records";

/** The order of the list one came from, kept while one steps through it: the list itself may be forgotten meanwhile. */
let walked: { object: string; ids: string[] } | null = null;

export interface Neighbours {
  previous: string | null;
  next: string | null;
  position: number;
  total: number;
}

/** The records before and after one, in the list of its object that was read last and holds it. */
export function findNeighbours(queryClient: QueryClient, object: string, id: string): Neighbours | null {
  if (walked?.object !== object || !walked.ids.includes(id)) {
    const lists = queryClient
      .getQueryCache()
      .findAll({ queryKey: queryKeys.lists(object) })
      .map(({ state: { dataUpdatedAt, data } }) => ({
        at: dataUpdatedAt,
        ids: isRecordList(data) ? data.pages.flatMap((page) => page.items.map((item) => item.id)) : [],
      }))
      .filter((list) => list.ids.length > 1 && list.ids.includes(id))
      .sort((left, right) => right.at - left.at);
    const [latest] = lists;
    walked = latest ? { object, ids: latest.ids } : null;
  }
  if (!walked) return null;
  const index = walked.ids.indexOf(id);
  return {
    previous: walked.ids[index - 1] ?? null,
    next: walked.ids[index + 1] ?? null,
    position: index + 1,
    total: walked.ids.length,
  };
}

/** For tests, and for signing out. */
export function forgetSequence(): void {
  walked = null;
}
