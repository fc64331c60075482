import { useQuery } from "@tanstack/react-query";
import { queryKeys } from "@/api/query-keys";
import { listRecords } from "@/api/records";
import type { RecordData } from "@/api/types";

/** A record in the recycle bin: its own address answers "not found", the list of what was deleted still has it. */
export function useDeletedRecord(object: string, id: string, enabled: boolean) {
  const query = { deleted: "only", filter: `id == "${id}"`, limit: 1 } as const;
  return useQuery({
    queryKey: [...queryKeys.list(object, query), "bin"],
    queryFn: async ({ signal }): Promise<RecordData | null> => {
      const page = await listRecords(object, query, signal);
      return page.items[0] ?? null;
    },
    enabled: enabled && /^[0-9a-f-]{36}$/i.test(id),
    retry: false,
  });
}
