import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { queryKeys } from "@/api/query-keys";
import { createRecord, deleteRecord, listRecords, updateRecord } from "@/api/records";
import type { Json, ListQuery, RecordData } from "@/api/types";
import { asReference, asText } from "@/fields/values";
import { quote } from "../filter/expression-tree";
import { useObject } from "../meta";

const OBJECT = "saved_view";

export interface SavedView {
  id: string;
  name: string;
  shared: boolean;
  ownerId: string | null;
  config: Json;
}

function readView(record: RecordData): SavedView {
  return {
    id: record.id,
    name: asText(record.name),
    shared: record.shared === true,
    ownerId: asReference(record.owner)?.id ?? null,
    config: record.config ?? null,
  };
}

const queryFor = (object: string): ListQuery => ({
  filter: `object_name == ${quote(object)}`,
  sort: "name",
  limit: 200,
});

/** The views people saved for an object, the caller's own and shared ones. */
export function useSavedViews(object: string) {
  const available = useObject(OBJECT) !== null;
  const query = queryFor(object);
  return useQuery({
    queryKey: queryKeys.list(OBJECT, query),
    queryFn: ({ signal }) => listRecords(OBJECT, query, signal),
    enabled: available,
    staleTime: 60_000,
    select: (page) => page.items.map(readView),
  });
}

interface ViewInput {
  id?: string;
  name?: string;
  shared?: boolean;
  config?: Json;
}

export function useSaveView(object: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, ...values }: ViewInput) => {
      const record = id
        ? await updateRecord(OBJECT, id, values)
        : await createRecord(OBJECT, { ...values, object_name: object });
      return readView(record);
    },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: queryKeys.object(OBJECT) }),
  });
}

export function useDeleteView() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => deleteRecord(OBJECT, id),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: queryKeys.object(OBJECT) }),
  });
}
