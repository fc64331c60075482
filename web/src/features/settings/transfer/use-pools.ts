import { useQuery } from "@tanstack/react-query";
import { queryKeys } from "@/api/query-keys";
import { listRecords } from "@/api/records";
import { findObject, useMeta } from "@/engine/meta";
import { asText } from "@/fields/values";

const POOL = "pool";
const QUERY = { filter: "active", fields: "name,object", sort: "name", limit: 500 };

export interface PoolEntry {
  id: string;
  name: string;
  /** What lies in it. */
  object: string;
}

/** The pools in use that records may be given to. */
export function usePools(): PoolEntry[] {
  const known = findObject(useMeta(), POOL) !== null;
  const list = useQuery({
    queryKey: [...queryKeys.object(POOL), "in use", QUERY],
    queryFn: async ({ signal }) => (await listRecords(POOL, QUERY, signal)).items,
    enabled: known,
    staleTime: 60_000,
  });
  return (list.data ?? []).map((item) => ({ id: item.id, name: asText(item.name), object: asText(item.object) }));
}
