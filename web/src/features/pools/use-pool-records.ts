import { useQuery } from "@tanstack/react-query";
import { queryKeys } from "@/api/query-keys";
import { listRecords } from "@/api/records";
import type { RecordData } from "@/api/types";
import { quote } from "@/engine/filter/expression-tree";

/** Ids stand in an address, which has room for about this many. */
const READ_BY_ID = 150;

/** The ticked records, as far as it takes to see which pool they lie in. */
export function useTickedRecords(object: string, ids: string[]) {
  return useQuery({
    queryKey: [...queryKeys.selected(object, ids), "pool"],
    queryFn: async ({ signal }): Promise<RecordData[]> => {
      const parts = Array.from({ length: Math.ceil(ids.length / READ_BY_ID) }, (_, at) =>
        ids.slice(at * READ_BY_ID, (at + 1) * READ_BY_ID),
      );
      const pages = await Promise.all(
        parts.map((part) =>
          listRecords(
            object,
            { filter: `id in [${part.map(quote).join(", ")}]`, fields: "pool,owner", limit: READ_BY_ID },
            signal,
          ),
        ),
      );
      const found = new Map(pages.flatMap((page) => page.items).map((record) => [record.id, record]));
      return ids.flatMap((id) => found.get(id) ?? []);
    },
    enabled: ids.length > 0,
    // Read once: what was given out is not to fall out of the preview while it is looked at.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
}

/** The records that have lain in a pool longest. */
export function useOldestInPool(object: string, pool: string, most: number) {
  const filter = `owner == null && pool == ${quote(pool)}`;
  return useQuery({
    queryKey: [...queryKeys.selected(object, filter), "oldest", most],
    queryFn: async ({ signal }) =>
      (await listRecords(object, { filter, fields: "id", sort: "pooled_at", limit: most, count: "capped" }, signal)) ??
      null,
    enabled: object !== "" && pool !== "" && most > 0,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
}
