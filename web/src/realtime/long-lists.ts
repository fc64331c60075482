import { hashKey, type Query, type QueryClient, type QueryKey } from "@tanstack/react-query";
import { isRecordList, listRecords, type RecordListData } from "@/api/records";
import type { ListQuery, RecordPage } from "@/api/types";

/** The first page is small so that it is there at once. */
const FIRST_PAGE = 60;
const NEXT_PAGES = 200;
/** A list of more pages than this is not read again as a whole: only what is looked at is. */
const LONG = 5;

/** A page of a list, from where the one before it ended. */
export function readListPage(
  object: string,
  query: ListQuery,
  cursor: string | null,
  signal?: AbortSignal,
): Promise<RecordPage> {
  const limit = query.limit ?? (cursor ? NEXT_PAGES : FIRST_PAGE);
  return listRecords(object, { ...query, limit, cursor: cursor ?? undefined }, signal);
}

interface View {
  /** The first row in sight. */
  row: number;
  /** Pages at the beginning that are as they were before something changed. */
  stale: number;
  reading: boolean;
  /** Something changed while it was read. */
  again: boolean;
}

/** Where lists are looked at, by their hash. It outlives the screen: who comes back finds the list where it was. */
const views = new Map<string, View>();

function viewOf(hash: string): View {
  const view = views.get(hash) ?? { row: 0, stale: 0, reading: false, again: false };
  views.set(hash, view);
  return view;
}

/** Whether what is kept is a list of so many pages that it is not read again as a whole. */
export const isLongList = (data: unknown): data is RecordListData => isRecordList(data) && data.pages.length > LONG;

const isLong = (query: Query): boolean => query.queryKey[2] === "list" && isLongList(query.state.data);

/** The page that a row is on; the last one for rows behind the end. */
function pageOf(data: RecordListData, row: number): number {
  let rows = 0;
  const page = data.pages.findIndex(({ items }) => {
    rows += items.length;
    return row < rows;
  });
  return page < 0 ? data.pages.length - 1 : page;
}

/** The grid says what is in sight. Pages that are out of date are read again when one comes to them. */
export function lookAt(queryClient: QueryClient, key: QueryKey, row: number): void {
  const hash = hashKey(key);
  const view = viewOf(hash);
  view.row = row;
  if (view.stale === 0 || view.reading) return;
  const query = queryClient.getQueryCache().get(hash);
  const data = query?.state.data;
  if (query && isRecordList(data) && pageOf(data, row) <= view.stale) void readAround(queryClient, query);
}

/**
 * Reads the pages around what is looked at, each from where it began; those behind are read when one comes to them, those before
 * stay as they are until one goes back.
 */
async function readAround(queryClient: QueryClient, query: Query): Promise<void> {
  const { queryKey, queryHash } = query;
  const data = query.state.data;
  const view = viewOf(queryHash);
  if (!isRecordList(data)) return;
  if (view.reading) {
    view.again = true;
    return;
  }
  view.reading = true;
  view.again = false;
  let put = false;
  try {
    const object = String(queryKey[1]);
    const asked = (queryKey[3] ?? {}) as ListQuery;
    const at = pageOf(data, view.row);
    const from = Math.max(0, at - 1);
    const most = Math.min(data.pages.length, at + 2) - from;
    const params: (string | null)[] = [];
    const pages: RecordPage[] = [];
    let cursor = data.pageParams[from] ?? null;
    for (let n = 0; n < most; n += 1) {
      const page = await readListPage(object, asked, cursor);
      params.push(cursor);
      pages.push(page);
      cursor = page.next_cursor;
      if (cursor === null) break;
    }
    // A page that is just being added would bring back what was there before.
    await queryClient.cancelQueries({ queryKey, exact: true });
    queryClient.setQueryData<RecordListData>(queryKey, (now) => stitched(now, from, params, pages));
    view.stale = from;
    put = true;
  } catch {
    // Read when it is looked at the next time.
    query.invalidate();
  } finally {
    view.reading = false;
  }
  // Meanwhile something may have changed, or one may have gone to pages that are out of date.
  if (put && view.again) await readAround(queryClient, query);
  else if (put) lookAt(queryClient, queryKey, view.row);
}

/** The pages as they were before, and those that were read from there on. */
function stitched(
  now: RecordListData | undefined,
  from: number,
  params: (string | null)[],
  pages: RecordPage[],
): RecordListData | undefined {
  if (!isRecordList(now) || now.pageParams[from] !== params[0]) return now;
  // What moved into sight is not where it was.
  const moved = new Set(pages.flatMap((page) => page.items.map((item) => item.id)));
  const before = now.pages.slice(0, from).map((page) => {
    const items = page.items.filter((item) => !moved.has(item.id));
    return items.length === page.items.length ? page : { ...page, items };
  });
  return { pages: [...before, ...pages], pageParams: [...now.pageParams.slice(0, from), ...params] };
}

/** A list on the screen that is out of date. */
async function renew(queryClient: QueryClient, query: Query): Promise<void> {
  if (query.isActive()) await readAround(queryClient, query);
  else query.invalidate();
}

/** As `invalidateQueries`, but of long lists no more is read again than what is looked at. */
export async function invalidateLists(queryClient: QueryClient, queryKey: QueryKey, exact = false): Promise<void> {
  const long = queryClient.getQueryCache().findAll({ queryKey, exact, predicate: isLong });
  const those = queryClient.invalidateQueries({ queryKey, exact, predicate: (query) => !isLong(query) });
  await Promise.all([those, ...long.map((query) => renew(queryClient, query))]);
}

/** A long list that one comes back to is read around where it was left, if it is out of date. */
export function renewOnReturn(queryClient: QueryClient, key: QueryKey): void {
  const query = queryClient.getQueryCache().get(hashKey(key));
  if (query && isLong(query) && query.isStale()) void readAround(queryClient, query);
}
