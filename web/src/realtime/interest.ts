import type { QueryClient } from "@tanstack/react-query";
import { isRecordList } from "@/api/records";

/** Queries come and go by the dozen when a page is drawn: what is wanted is said once for all of them. */
const TOGETHER_MS = 40;
/** Rows come by the page while a list is scrolled. */
const ROWS_TOGETHER_MS = 700;
/** Most records watched by their ids: what is opened, and the first rows of what is shown. */
const MOST_RECORDS = 300;
/** What is no id (an address typed by hand) is not asked about: the server ends a connection that says it. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A record by its object and id. */
export interface WatchedRecord {
  object: string;
  id: string;
}

/** What the server is to tell of. */
export interface Wanted {
  objects: string[];
  /** Those on the screen: of one that is taken out of sight nothing else would be heard. */
  records: WatchedRecord[];
}

/** The objects of which anything is kept in the cache: whatever may be shown again must not grow old there. */
export function cachedObjects(queryClient: QueryClient): string[] {
  const objects = new Set<string>();
  for (const query of queryClient.getQueryCache().getAll()) {
    const [root, object] = query.queryKey;
    if (root === "records" && typeof object === "string") objects.add(object);
    for (const also of liveAlso(query.meta)) objects.add(also);
  }
  return [...objects];
}

/** Objects that a query follows from beside the one it stands under (`meta.liveAlso`). */
export function liveAlso(meta: Record<string, unknown> | undefined): string[] {
  const also = meta?.liveAlso;
  return Array.isArray(also) ? also.filter((one) => typeof one === "string") : [];
}

const isId = (id: unknown): id is string => typeof id === "string" && UUID.test(id);

/** The records that are on the screen: those opened first, then the rows of lists. */
export function shownRecords(queryClient: QueryClient): WatchedRecord[] {
  const opened = new Map<string, WatchedRecord>();
  const listed = new Map<string, WatchedRecord>();
  for (const query of queryClient.getQueryCache().findAll({ queryKey: ["records"], type: "active" })) {
    const [, object, part, id] = query.queryKey;
    if (typeof object !== "string") continue;
    if (part === "one" && isId(id)) opened.set(id, { object, id });
    const { data } = query.state;
    if (part !== "list" || !isRecordList(data)) continue;
    for (const row of data.pages.flatMap((page) => page.items)) {
      if (listed.size >= MOST_RECORDS) break;
      if (isId(row.id)) listed.set(row.id, { object, id: row.id });
    }
  }
  return [...new Map([...opened, ...listed]).values()].slice(0, MOST_RECORDS);
}

/** Says what is wanted now and whenever that changes; ends with the function it answers. */
export function followInterest(queryClient: QueryClient, extra: () => string[], say: (wanted: Wanted) => void) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let rows: ReturnType<typeof setTimeout> | undefined;
  const now = () => {
    clearTimeout(timer);
    clearTimeout(rows);
    timer = rows = undefined;
    say({ objects: [...cachedObjects(queryClient), ...extra()], records: shownRecords(queryClient) });
  };
  const soon = () => {
    timer ??= setTimeout(now, TOGETHER_MS);
  };
  soon();
  const unsubscribe = queryClient.getQueryCache().subscribe((event) => {
    if (event.query.queryKey[0] !== "records") return;
    if (event.type === "added" || event.type === "removed") soon();
    else if (event.type === "observerAdded" || event.type === "observerRemoved" || isRead(event)) {
      rows ??= setTimeout(now, ROWS_TOGETHER_MS);
    }
  });
  return {
    soon,
    end: () => {
      clearTimeout(timer);
      clearTimeout(rows);
      unsubscribe();
    },
  };
}

function isRead(event: { type: string; action?: { type: string } }): boolean {
  return event.type === "updated" && event.action?.type === "success";
}
