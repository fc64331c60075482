import { notifyManager, type Query, type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useCallback, useSyncExternalStore } from "react";
import type { Meta } from "@/api/types";
import { useMeta } from "./meta";

/** How many there are tells nothing of what they are. */
const NUMBERS = ["count", "aggregate"];

/** Objects of the entries of an answer of several objects: hits of a search, a timeline. */
function objectsWithin(data: unknown): unknown[] {
  const whole = data as { items?: unknown; pages?: { items?: unknown }[] } | undefined;
  const pages = whole?.pages ?? (whole ? [whole] : []);
  return pages.flatMap(({ items }) => (Array.isArray(items) ? items : [])).map((item) => item?.object);
}

function isShown(query: Query, marked: ReadonlySet<unknown>): boolean {
  const [root, object, part] = query.queryKey;
  if (!query.isActive() || query.state.data === undefined) return false;
  if (root === "records" && marked.has(object)) return !NUMBERS.includes(String(part));
  return (root === "records" || root === "search") && objectsWithin(query.state.data).some((it) => marked.has(it));
}

export const markedObjects = (meta: Meta): ReadonlySet<unknown> =>
  new Set(meta.objects.filter((object) => object.watermark).map((object) => object.name));

/** Whether records of a marked object are on the screen, wherever: in lists, beside another record, in forms, in a search. */
export const showsMarked = (client: QueryClient, marked: ReadonlySet<unknown>): boolean =>
  marked.size > 0 &&
  client
    .getQueryCache()
    .getAll()
    .some((query) => isShown(query, marked));

export function useShowsMarked(): boolean {
  const client = useQueryClient();
  const marked = markedObjects(useMeta());
  const listen = useCallback(
    (changed: () => void) => client.getQueryCache().subscribe(notifyManager.batchCalls(changed)),
    [client],
  );
  return useSyncExternalStore(listen, () => showsMarked(client, marked));
}
