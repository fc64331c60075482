import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { queryKeys } from "@/api/query-keys";
import { listRecords } from "@/api/records";
import { quote } from "@/engine/filter/expression-tree";
import { findObject, useMeta } from "@/engine/meta";
import { asReference, asText } from "@/fields/values";

export interface PoolEntry {
  id: string;
  name: string;
  object: string;
  cap: number | null;
  closedCounts: boolean;
}

const POOL = "pool";
const LIMIT = "pool_limit";

const numberOrNull = (value: unknown): number | null => (typeof value === "number" ? value : null);

/** The pools the caller sees. */
export function usePools(): PoolEntry[] | undefined {
  const known = findObject(useMeta(), POOL) !== null;
  const query = { fields: "name,object,holding_cap,closed_counts", sort: "name", limit: 500 };
  const list = useQuery({
    queryKey: [...queryKeys.object(POOL), "all", query],
    queryFn: async ({ signal }) => (await listRecords(POOL, query, signal)).items,
    enabled: known,
    staleTime: 60_000,
  });
  return useMemo(
    () =>
      list.data?.map((item) => ({
        id: item.id,
        name: asText(item.name),
        object: asText(item.object),
        cap: numberOrNull(item.holding_cap),
        closedCounts: item.closed_counts === true,
      })),
    [list.data],
  );
}

export interface OwnLimits {
  /** By member; null: as many as he likes. */
  caps: ReadonlyMap<string, number | null>;
  /** Some hold by role, which cannot be told by member here. */
  byRole: boolean;
}

/** Other caps than the pool's, as far as the caller sees them. */
export function useOwnLimits(pool: PoolEntry | null): OwnLimits {
  const known = findObject(useMeta(), LIMIT) !== null;
  const query = {
    filter: `pool == ${quote(pool?.id ?? "")}`,
    fields: "member,role,holding_cap,exempt",
    limit: 500,
  };
  const list = useQuery({
    queryKey: [...queryKeys.object(LIMIT), "of", query],
    queryFn: async ({ signal }) => (await listRecords(LIMIT, query, signal)).items,
    enabled: known && pool !== null,
    staleTime: 60_000,
  });
  return useMemo(() => {
    const caps = new Map<string, number | null>();
    for (const item of list.data ?? []) {
      const member = asReference(item.member);
      if (member)
        caps.set(member.id, item.exempt === true ? null : (numberOrNull(item.holding_cap) ?? pool?.cap ?? null));
    }
    return { caps, byRole: (list.data ?? []).some((item) => item.role !== null && item.role !== undefined) };
  }, [list.data, pool]);
}
