import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { queryKeys } from "@/api/query-keys";
import { createRecord, deleteRecord, listRecords, restoreRecord, runAction, updateRecord } from "@/api/records";
import type { FieldValues } from "@/api/types";
import { findObject, useMeta } from "../meta";
import { wireValues } from "../records";
import { useMe } from "../session";
import { COMMENT, REACTION, reactionsByComment } from "./comment-model";

interface About {
  object: string;
  id: string;
}

/** Whether the caller may see comments at all, write one, and choose for whom it is. */
export function useCommenting(): { sees: boolean; writes: boolean; choosesAudience: boolean } {
  const comments = findObject(useMeta(), COMMENT);
  const audience = comments?.fields.find((field) => field.name === "audience");
  return {
    sees: Boolean(comments),
    writes: Boolean(comments?.access.create),
    choosesAudience: audience !== undefined && !audience.read_only,
  };
}

function useStale(about: About): () => Promise<void> {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: queryKeys.timeline(about.object, about.id).slice(0, 5) });
}

interface SaveInput {
  id?: string;
  version?: number;
  values: FieldValues;
}

export function useSaveComment(about: About) {
  const stale = useStale(about);
  return useMutation({
    mutationFn: ({ id, version, values }: SaveInput) =>
      id === undefined
        ? createRecord(COMMENT, wireValues(values))
        : updateRecord(COMMENT, id, wireValues(values), { ...(version === undefined ? {} : { version }), merge: true }),
    onSuccess: stale,
  });
}

export function useDeleteComment(about: About) {
  const stale = useStale(about);
  return useMutation({ mutationFn: (id: string) => deleteRecord(COMMENT, id), onSuccess: stale });
}

export function useRestoreComment(about: About) {
  const stale = useStale(about);
  return useMutation({ mutationFn: (id: string) => restoreRecord(COMMENT, id), onSuccess: stale });
}

/** Reacting, resolving, opening again. */
export function useCommentAction(about: About) {
  const stale = useStale(about);
  return useMutation({
    mutationFn: ({ id, action, input = {} }: { id: string; action: string; input?: FieldValues }) =>
      runAction(COMMENT, id, action, wireValues(input)),
    onSuccess: stale,
  });
}

/** Reactions to everything said about a record, by comment. */
export function useReactions(about: About, enabled: boolean) {
  const me = useMe();
  const found = useQuery({
    queryKey: queryKeys.reactions(about.object, about.id),
    queryFn: ({ signal }) =>
      listRecords(
        REACTION,
        { filter: `comment.target == "${about.id}"`, fields: "comment,member,emojis", sort: "id", limit: 500 },
        signal,
      ),
    enabled,
    staleTime: 10_000,
  });
  return reactionsByComment(found.data?.items ?? [], me.user.id);
}
