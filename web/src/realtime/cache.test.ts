import { hashKey, QueryClient, QueryObserver } from "@tanstack/react-query";
import { renderHook } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { queryKeys } from "@/api/query-keys";
import { listRecords, readRecord } from "@/api/records";
import type { ChangeEvent, RecordData } from "@/api/types";
import { CacheWriter, FADE_MS, mayMove, patchedRow } from "./cache";
import { useCalmList } from "./store";

vi.mock("@/api/records", async (original) => ({
  ...(await original<object>()),
  listRecords: vi.fn(),
  readRecord: vi.fn(),
}));

const row = (id: string, values: object = {}) => ({ id, version: 1, name: id, ...values }) as unknown as RecordData;

function event(id: string, verb: string, changes: [string, unknown][], more: Partial<ChangeEvent> = {}): ChangeEvent {
  return {
    seq: 1,
    at: "2026-11-16T02:00:00Z",
    kind: `account.${verb}`,
    object: "account",
    id,
    version: 2,
    change_id: "c",
    actor: { id: "li", label: "李娜" },
    changes: changes.map(([field, value]) => ({ field, old: null, new: value })),
    ...more,
  } as ChangeEvent;
}

function setUp(query: object = { fields: "name,level" }, rows = [row("a"), row("b")]) {
  const queryClient = new QueryClient();
  const key = queryKeys.list("account", query);
  queryClient.setQueryData(key, { pages: [{ items: rows, next_cursor: null }], pageParams: [null] });
  const items = () => queryClient.getQueryData<{ pages: { items: RecordData[] }[] }>(key)?.pages[0]?.items ?? [];
  const isStale = () => queryClient.getQueryCache().find({ queryKey: key })?.state.isInvalidated;
  return { queryClient, items, isStale, writer: new CacheWriter(queryClient, () => "me") };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("what happened elsewhere", () => {
  it("changes a row where it is and leaves the others alone", () => {
    const { writer, items } = setUp();
    const before = items()[1];
    writer.apply([event("a", "updated", [["name", "星河"]])]);
    expect(items()[0]).toMatchObject({ id: "a", name: "星河", version: 2 });
    expect(items()[1]).toBe(before);
    writer.end();
  });

  it("passes over what is known already: my own change comes back as an echo", () => {
    const { writer, items } = setUp(undefined, [row("a", { version: 2, name: "mine" })]);
    writer.apply([event("a", "updated", [["name", "mine"]])]);
    writer.apply([event("a", "updated", [["name", "older"]], { version: 1 })]);
    expect(items()[0]?.name).toBe("mine");
    writer.end();
  });

  it("reads a record anew for the newest of several changes, though the first was known", async () => {
    const { writer, queryClient } = setUp();
    const key = queryKeys.record("account", "a");
    queryClient.setQueryData(key, row("a"));
    const isStale = () => queryClient.getQueryCache().find({ queryKey: key })?.state.isInvalidated;
    // As after a reload: what was made a moment ago is told once more, and then what came after it.
    writer.apply([event("a", "created", [["name", "a"]], { version: 1 })]);
    await vi.advanceTimersByTimeAsync(20);
    writer.apply([event("a", "updated", [["name", "b"]])]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(isStale()).toBe(true);
    queryClient.setQueryData(key, row("a", { version: 2 }));
    writer.apply([event("a", "updated", [["name", "b"]])]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(isStale()).toBe(false);
    writer.end();
  });

  it("asks as lists do for the rest of a row: reading a record itself would open it", async () => {
    const query = { fields: "name,account.name" };
    const { writer, queryClient, items } = setUp(query);
    const key = queryKeys.list("account", query);
    const shown = new QueryObserver(queryClient, {
      queryKey: key,
      queryFn: async () => ({ pages: [] }),
      staleTime: 60_000,
    });
    const leave = shown.subscribe(() => {});
    vi.mocked(listRecords).mockResolvedValue({ items: [row("a", { version: 2, name: "b" })], next_cursor: null });
    writer.apply([event("a", "updated", [["account", { id: "x", label: "X" }]])]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(listRecords).toHaveBeenCalledWith("account", { filter: 'id == "a"', fields: query.fields, limit: 1 });
    expect(readRecord).not.toHaveBeenCalled();
    expect(items()[0]?.name).toBe("b");
    leave();
    writer.end();
  });

  it("reads a list anew where its filter or sort speaks of what changed, and not else", async () => {
    const { writer, isStale } = setUp({ fields: "name", filter: "level == 'a'" });
    writer.apply([event("a", "updated", [["name", "x"]])]);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(isStale()).toBe(false);
    writer.apply([event("a", "updated", [["level", "b"]], { version: 3 })]);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(isStale()).toBe(true);
    writer.end();
  });

  describe("a list that keeps its rows where they are", () => {
    const query = { fields: "name" };
    const key = queryKeys.list("account", query);
    const created = (id: string, by = "li") => event(id, "created", [["name", "x"]], { actor: { id: by, label: by } });

    /** How often the list is read again after an event, while it is on the screen. */
    async function readings(rows: RecordData[], happened: ChangeEvent): Promise<number> {
      const { writer, queryClient } = setUp(query, rows);
      const read = vi.fn(async () => ({ pages: [], pageParams: [] }));
      const shown = new QueryObserver(queryClient, { queryKey: key, queryFn: read, staleTime: 60_000 });
      const leave = shown.subscribe(() => {});
      const calm = renderHook(() => useCalmList(hashKey(key)));
      writer.apply([happened]);
      await vi.advanceTimersByTimeAsync(3_000);
      calm.unmount();
      leave();
      writer.end();
      return read.mock.calls.length;
    }

    it("is not read again for what others make", async () => {
      expect(await readings([row("a")], created("n"))).toBe(0);
    });

    it("is read again where it has no row to move", async () => {
      expect(await readings([], created("n"))).toBe(1);
      expect(await readings([], event("n", "updated", [["level", "a"]]))).toBe(0);
    });

    it("shows what I made in another window", async () => {
      expect(await readings([row("a")], created("n", "me"))).toBe(1);
      expect(await readings([row("a")], event("a", "updated", [["name", "x"]]))).toBe(0);
    });
  });

  it("takes what stands under a list's key without being a list for no list", () => {
    const { writer, queryClient } = setUp();
    for (const kept of [null, "id", { value: 1 }]) {
      queryClient.setQueryData(queryKeys.list("account", { filter: JSON.stringify(kept), fields: "id" }), kept);
    }
    expect(() => writer.apply([event("z", "created", []), event("a", "updated", [["name", "x"]])])).not.toThrow();
    writer.end();
  });

  it("lets a deleted row be read for a moment before it goes", async () => {
    const { writer, items } = setUp();
    writer.apply([event("a", "deleted", [])]);
    expect(items()).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(FADE_MS);
    expect(items().map((item) => item.id)).toEqual(["b"]);
    writer.end();
  });

  it("knows what an event does not tell of a row", () => {
    const shown = ["name", "account.name"];
    expect(patchedRow(row("a"), event("a", "updated", [["account", { id: "x" }]]), shown, false)).toBeNull();
    expect(patchedRow(row("a"), event("a", "updated", [["level", "b"]]), ["name"], true)).toBeNull();
    const patched = patchedRow(row("a"), event("a", "updated", [["secret", "s"]]), ["name"], false);
    expect(patched).not.toHaveProperty("secret");
    expect(mayMove({ filter: "stage == 'won'" }, ["stage"])).toBe(true);
    expect(mayMove({ filter: "substage == 'won'", sort: "-name" }, ["stage"])).toBe(false);
    expect(mayMove({ sort: "-amount,name" }, ["name"])).toBe(true);
  });
});
