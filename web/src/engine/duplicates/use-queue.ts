import { hashKey, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { type DuplicateGroup, type DuplicateState, decideDuplicates, listDuplicates } from "@/api/duplicates";
import { queryKeys } from "@/api/query-keys";
import type { ChangeEvent, ObjectMeta } from "@/api/types";
import { useLiveEvents } from "@/realtime/store";
import { useErrorText } from "@/ui/error-text";
import { useUndoToast } from "@/ui/undo-toast";
import { useMe } from "../session";
import { groupsOf, pairsOf, type QueueData, withoutGroups } from "./queue";

const PAGE = 20;
/** Events after which a group is not what it was. */
const DEALT_WITH = /\.(merged|deleted|erased)$/;

/** Everything read of an object's duplicates. */
const below = (object: string) => queryKeys.duplicates(object).slice(0, 3);

/** The groups of one kind, surest first, and deciding on them. */
export function useQueue(object: ObjectMeta, state: DuplicateState) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const me = useMe();
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  const undoToast = useUndoToast();
  const key = useMemo(() => queryKeys.duplicates(object.name, { groups: state }), [object.name, state]);
  const list = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      listDuplicates(object.name, { state, limit: PAGE, cursor: pageParam ?? undefined }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: 10_000,
    // Groups must not move under the pointer of somebody who only looked elsewhere for a moment.
    refetchOnWindowFocus: false,
  });
  const groups = useMemo(() => groupsOf(list.data), [list.data]);

  // What others deal with meanwhile stays where it is and says so.
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const hear = useCallback(
    (event: ChangeEvent) => {
      if (!event.id || event.actor.id === me.user.id || !DEALT_WITH.test(event.kind)) return;
      const id = event.id;
      setTouched((before) => new Set([...before, id]));
    },
    [me.user.id],
  );
  useLiveEvents(object.name, hear);

  const readAnew = useCallback(
    () => queryClient.invalidateQueries({ queryKey: below(object.name) }),
    [queryClient, object.name],
  );
  const decide = useCallback(
    async (group: DuplicateGroup, only?: string) => {
      const verdict = state === "open" ? "different" : "open";
      const ids = group.records.map((record) => record.id);
      const pairs = pairsOf(ids, only);
      const before = queryClient.getQueryData<QueueData>(key);
      queryClient.setQueryData<QueueData>(key, (data) => withoutGroups(data, new Set([group.group])));
      try {
        await decideDuplicates(object.name, pairs, verdict);
      } catch (error) {
        queryClient.setQueryData(key, before);
        void message.error(errorText(error));
        return;
      }
      // A group of which one record was taken out goes on without it: only the server knows how. A pair is just gone
      // here, and stands among the others.
      if (only !== undefined) void readAnew();
      else {
        const elsewhere = ({ queryHash }: { queryHash: string }) => queryHash !== hashKey(key);
        void queryClient.invalidateQueries({ queryKey: below(object.name), predicate: elsewhere });
      }
      const undo = () =>
        void decideDuplicates(object.name, pairs, state).then(readAnew, (error: unknown) =>
          message.error(errorText(error)),
        );
      undoToast(t(verdict === "different" ? "duplicates.decided" : "duplicates.reopened"), undo);
    },
    [state, key, object.name, queryClient, message, errorText, readAnew, undoToast, t],
  );
  return { list, groups, touched, decide, readAnew };
}
