import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { queryKeys } from "@/api/query-keys";
import { listRecords, readRecord, runObjectAction, updateRecord } from "@/api/records";
import { findObject, useMeta } from "../meta";
import { useMe } from "../session";
import { NOTIFICATION, type Notification, notificationOf, placeOf } from "./notification-model";

const FIELDS = "kind,target,comment,actor,concerns,count,last_at,read,archived,about";
/** News come by the event stream where there is one; a look now and then catches what it missed. */
const LOOK_AGAIN_MS = 15_000;
const UNREAD = "!read && !archived";

export type Box = "inbox" | "unread" | "mentions" | "archived";

const FILTERS: Record<Box, string> = {
  inbox: "!archived",
  unread: UNREAD,
  mentions: '!archived && kind in ["mention", "reply"]',
  archived: "archived",
};

/** Whether the caller is told anything at all: some roles from outside are not, and nobody who only looks is. */
export function useIsTold(): boolean {
  const meta = useMeta();
  const { viewer } = useMe();
  return Boolean(findObject(meta, NOTIFICATION)) && !viewer;
}

/** How many are unread, and the latest of them. */
export function useUnread(enabled: boolean) {
  return useQuery({
    queryKey: queryKeys.list(NOTIFICATION, { filter: UNREAD, limit: 1 }),
    queryFn: async ({ signal }) => {
      const query = { filter: UNREAD, sort: "-last_at", limit: 1, fields: FIELDS, count: "capped" as const };
      const page = await listRecords(NOTIFICATION, query, signal);
      const latest = page.items[0];
      return { count: page.count?.value ?? 0, latest: latest ? notificationOf(latest) : null };
    },
    enabled,
    refetchInterval: LOOK_AGAIN_MS,
    staleTime: 5_000,
  });
}

export function useNotifications(box: Box, limit: number) {
  const query = { filter: FILTERS[box], sort: "-last_at", fields: FIELDS, limit };
  const found = useInfiniteQuery({
    queryKey: queryKeys.list(NOTIFICATION, query),
    queryFn: ({ pageParam, signal }) => listRecords(NOTIFICATION, { ...query, cursor: pageParam ?? undefined }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: 5_000,
  });
  return { ...found, items: found.data?.pages.flatMap((page) => page.items.map(notificationOf)) ?? [] };
}

/** One a link names: it may be older than what the page shows. */
export function useNotification(id: string | undefined) {
  return useQuery({
    queryKey: [...queryKeys.record(NOTIFICATION, id ?? ""), "told"],
    queryFn: async ({ signal }) => notificationOf(await readRecord(NOTIFICATION, id ?? "", FIELDS, signal)),
    enabled: Boolean(id),
    retry: false,
  }).data;
}

export function useMark() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...values }: { id: string; read?: boolean; archived?: boolean }) =>
      updateRecord(NOTIFICATION, id, values),
    onSettled: () => queryClient.invalidateQueries({ queryKey: queryKeys.object(NOTIFICATION) }),
  });
}

export function useMarkAll() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (archive: boolean) => runObjectAction(NOTIFICATION, "mark_all", { archive }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: queryKeys.object(NOTIFICATION) }),
  });
}

/** Goes where a notification leads, which is then read. Answers whether it leads anywhere. */
export function useOpenNotification(): (notification: Notification) => boolean {
  const navigate = useNavigate();
  const mark = useMark();
  return (notification) => {
    if (!notification.read) mark.mutate({ id: notification.id, read: true });
    const place = placeOf(notification);
    if (place?.to === "record") {
      void navigate({
        to: "/r/$object/$id",
        params: { object: place.object, id: place.id },
        search: place.comment ? { comment: place.comment, tab: "timeline" } : place.tab ? { tab: place.tab } : {},
      });
    } else if (place?.to === "records") {
      const search = { view: "all", filter: place.filter, sort: "-updated_at" };
      void navigate({ to: "/o/$object", params: { object: place.object }, search });
    } else if (place?.to === "import") {
      void navigate({ to: "/import/$object", params: { object: place.object }, search: { run: place.id } });
    } else if (place?.to === "view") {
      void navigate({ to: "/o/$object", params: { object: place.object }, search: { view: `saved:${place.view}` } });
    } else if (place?.to === "exports") {
      void navigate({ to: "/profile/exports" });
    } else if (place?.to === "rights") {
      void navigate({ to: "/profile/rights", search: place.request ? { request: place.request } : {} });
    }
    return place !== null;
  };
}
