import { hashKey, QueryClient, QueryObserver } from "@tanstack/react-query";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { queryKeys } from "@/api/query-keys";
import { listRecords, type RecordListData } from "@/api/records";
import type { RecordData } from "@/api/types";
import { invalidateLists, lookAt, renewOnReturn } from "./long-lists";

vi.mock("@/api/records", async (original) => ({
  ...(await original<typeof import("@/api/records")>()),
  listRecords: vi.fn(),
}));

const PAGES = 50;
const SIZE = 20;

const row = (n: number, version = 1) => ({ id: `r${n}`, version }) as unknown as RecordData;

const neverAsked = () => Promise.reject(new Error("the whole list was asked for"));

/** What the server holds, in order; a cursor is where the page before ended. */
let server: RecordData[] = [];

function client(name: string) {
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const key = queryKeys.list("account", { limit: SIZE, filter: name });
  server = Array.from({ length: PAGES * SIZE }, (_, n) => row(n));
  const pages = Array.from({ length: PAGES }, (_, page) => ({
    items: server.slice(page * SIZE, (page + 1) * SIZE),
    next_cursor: page === PAGES - 1 ? null : `r${(page + 1) * SIZE - 1}`,
  }));
  const pageParams = [null, ...pages.slice(0, -1).map((page) => page.next_cursor)];
  queryClient.setQueryData<RecordListData>(key, { pages, pageParams } as RecordListData);
  const data = () => queryClient.getQueryData<RecordListData>(key);
  const ids = () => data()?.pages.flatMap((page) => page.items.map((item) => item.id)) ?? [];
  const watch = () =>
    new QueryObserver(queryClient, {
      queryKey: key,
      queryFn: neverAsked,
      staleTime: Number.POSITIVE_INFINITY,
    }).subscribe(() => {});
  return { queryClient, key, data, ids, watch };
}

beforeEach(() => {
  vi.mocked(listRecords).mockReset();
  vi.mocked(listRecords).mockImplementation(async (_object, { cursor, limit = SIZE }) => {
    // Keyset: behind the row of the cursor, whether or not that one is still there.
    const after = cursor ? Number(cursor.slice(1)) : -1;
    const rest = server.filter((item) => Number(item.id.slice(1)) > after);
    const items = rest.slice(0, limit);
    return { items, next_cursor: rest.length > limit ? (items.at(-1)?.id ?? null) : null };
  });
});

describe("a list of fifty pages that is out of date", () => {
  it("is read again around what is looked at, and no more", async () => {
    const { queryClient, key, data, ids, watch } = client("around");
    const stop = watch();
    lookAt(queryClient, key, 10 * SIZE + 3);
    server = server.filter((item) => item.id !== "r205").map((item) => ({ ...item, version: 2 }));
    await invalidateLists(queryClient, queryKeys.object("account"));
    expect(vi.mocked(listRecords).mock.calls.map(([, query]) => query.cursor)).toEqual(["r179", "r199", "r220"]);
    // What is before stays where it is, so that nothing moves on the screen; what is behind comes when one scrolls there.
    expect(data()?.pages).toHaveLength(12);
    expect(ids().slice(0, 205)).toEqual(Array.from({ length: 205 }, (_, n) => `r${n}`));
    expect(ids()).not.toContain("r205");
    expect(data()?.pages[10]?.items[0]?.version).toBe(2);
    expect(data()?.pages[8]?.items[0]?.version).toBe(1);
    stop();
  });

  it("reads the pages before when one goes back to them", async () => {
    const { queryClient, key, data, watch } = client("back");
    const stop = watch();
    lookAt(queryClient, key, 20 * SIZE);
    server = server.map((item) => ({ ...item, version: 2 }));
    await invalidateLists(queryClient, key, true);
    vi.mocked(listRecords).mockClear();
    lookAt(queryClient, key, 20 * SIZE + 1);
    expect(listRecords).not.toHaveBeenCalled();
    lookAt(queryClient, key, 5 * SIZE);
    await vi.waitFor(() => expect(data()?.pages).toHaveLength(7));
    expect(data()?.pages[5]?.items[0]?.version).toBe(2);
    expect(listRecords).toHaveBeenCalledTimes(3);
    stop();
  });

  it("shows a row once that moved into sight from before", async () => {
    const { queryClient, key, data, ids, watch } = client("once");
    const stop = watch();
    lookAt(queryClient, key, 30 * SIZE);
    const moved = { ...row(0), id: "r0", version: 2 };
    vi.mocked(listRecords).mockImplementationOnce(async () => ({ items: [moved], next_cursor: null }));
    await invalidateLists(queryClient, key, true);
    expect(ids().filter((id) => id === "r0")).toHaveLength(1);
    expect(data()?.pages.at(-1)?.items).toEqual([moved]);
    stop();
  });

  it("waits, where nobody looks at it, until somebody comes back", async () => {
    const { queryClient, key, data } = client("return");
    lookAt(queryClient, key, 25 * SIZE);
    await invalidateLists(queryClient, key, true);
    expect(listRecords).not.toHaveBeenCalled();
    expect(queryClient.getQueryCache().get(hashKey(key))?.isStale()).toBe(true);
    renewOnReturn(queryClient, key);
    await vi.waitFor(() => expect(data()?.pages).toHaveLength(27));
    expect(listRecords).toHaveBeenCalledTimes(3);
  });

  it("is left as it is where the server does not answer, to be read the next time", async () => {
    const { queryClient, key, data, watch } = client("failing");
    const stop = watch();
    lookAt(queryClient, key, 25 * SIZE);
    vi.mocked(listRecords).mockRejectedValueOnce(new Error("down"));
    await invalidateLists(queryClient, key, true);
    expect(data()?.pages).toHaveLength(PAGES);
    expect(queryClient.getQueryCache().get(hashKey(key))?.isStale()).toBe(true);
    stop();
  });
});
