import { useMutation, useQueryClient } from "@tanstack/react-query";
import { queryKeys } from "@/api/query-keys";
import { beginUndo } from "@/api/records";

/** Takes an import back: where that takes long it goes on in the background, and the import tells how far it is. */
export function useTakeBack(importId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: beginUndo,
    onSuccess: async () => {
      void queryClient.invalidateQueries({ queryKey: queryKeys.records });
      await queryClient.invalidateQueries({ queryKey: queryKeys.imports(importId) });
    },
  });
}
