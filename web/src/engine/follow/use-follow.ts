import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { queryKeys } from "@/api/query-keys";
import { createRecord, deleteRecord, listRecords } from "@/api/records";
import type { Json } from "@/api/types";
import { useErrorText } from "@/ui/error-text";
import { findObject, useMeta } from "../meta";

const FOLLOW = "follow";

/** What can be followed: a record, for its changes and comments, or a saved view, for what comes into it. */
export type Followed = { target: { object: string; id: string } } | { view: string };

function conditionOf(what: Followed): string {
  return "view" in what ? `view == "${what.view}"` : `target == "${what.target.id}"`;
}

/** Whether the caller follows something, and how to begin or end it; nothing where he may not, or it is not known yet. */
export function useFollow(what: Followed | null) {
  const meta = useMeta();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const may = what !== null && Boolean(findObject(meta, FOLLOW)?.access.create);
  const query = { filter: what ? conditionOf(what) : "false", fields: "id", limit: 1 };
  const key = queryKeys.list(FOLLOW, query);
  const follow = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => (await listRecords(FOLLOW, query, signal)).items[0]?.id ?? null,
    enabled: may,
    staleTime: 60_000,
  });
  const toggle = useMutation({
    mutationFn: async (known: string | null) => {
      if (known) await deleteRecord(FOLLOW, known);
      return known || !what ? null : (await createRecord(FOLLOW, { ...what } as { [key: string]: Json })).id;
    },
    onSuccess: (next) => queryClient.setQueryData(key, next),
    onError: (error) => {
      void message.error(errorText(error));
      void queryClient.invalidateQueries({ queryKey: key });
    },
  });
  if (!may || !follow.isSuccess) return null;
  return {
    following: follow.data !== null,
    isBusy: toggle.isPending,
    toggle: (then?: (following: boolean) => void) =>
      toggle.mutate(follow.data, { onSuccess: (next) => then?.(next !== null) }),
  };
}
