import { hashKey, QueryClient, QueryObserver } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { queryKeys } from "@/api/query-keys";
import { listRecords, readRecord } from "@/api/records";
import type { ChangeEvent, RecordData } from "@/api/types";
import { CacheWriter, FADE_MS, mayMove, patchedRow } from "./cache";
import { useCalmList, useComing, useGone, useLeft } from "./store";

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
      const calm = renderHook(() => useCalmList(hashKey(key), () => null));
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

  describe("what comes into a list that keeps its rows, and what leaves it", () => {
    const query = { fields: "name", filter: "level == 'a'" };
    const key = queryKeys.list("account", query);
    const hash = hashKey(key);
    const changed = (id: string, from: string, to: string, by = "li") =>
      event(id, "updated", [], {
        changes: [{ field: "level", old: from, new: to }],
        actor: { id: by, label: by },
      } as Partial<ChangeEvent>);

    /** What is announced, and which rows are marked, after some events; the server says that these records belong. */
    async function newsOf(happened: ChangeEvent[], belonging: string[]) {
      vi.mocked(listRecords).mockReset();
      vi.mocked(listRecords).mockResolvedValue({ items: belonging.map((id) => row(id)), next_cursor: null });
      const { writer, queryClient } = setUp(query);
      const read = vi.fn(async () => ({ pages: [], pageParams: [] }));
      const shown = new QueryObserver(queryClient, { queryKey: key, queryFn: read, staleTime: 60_000 });
      const leave = shown.subscribe(() => {});
      const calm = renderHook(() => {
        useCalmList(hash, (values) => (values.level === undefined ? null : values.level === "a"));
        return { coming: [...useComing(hash)], left: [...useLeft(hash)] };
      });
      await act(async () => {
        writer.apply(happened);
        await vi.advanceTimersByTimeAsync(3_000);
      });
      const { coming, left } = calm.result.current;
      calm.unmount();
      leave();
      writer.end();
      return { coming, left, readings: read.mock.calls.length, asked: vi.mocked(listRecords).mock.calls };
    }

    it("announces a record that comes in by a change, with the list's own filter and once for several", async () => {
      const { coming, left, readings, asked } = await newsOf([changed("n", "b", "a"), changed("m", "b", "a")], ["n"]);
      expect({ coming, left, readings }).toEqual({ coming: ["n"], left: [], readings: 0 });
      expect(asked).toHaveLength(1);
      expect(asked[0]?.[1].filter).toBe(`id in ["n", "m"] && (level == 'a')`);
    });

    it("says nothing of one that was in it before, on a page that is not loaded", async () => {
      expect((await newsOf([changed("n", "a", "a")], ["n"])).coming).toEqual([]);
    });

    it("marks a row that belongs into it no more, and leaves it where it is", async () => {
      const { coming, left, readings } = await newsOf([changed("a", "a", "b")], []);
      expect({ coming, left, readings }).toEqual({ coming: [], left: ["a"], readings: 0 });
    });

    it("shows what I moved into it in another window, and leaves what I ticked off in this one", async () => {
      expect((await newsOf([changed("n", "b", "a", "me")], ["n"])).readings).toBe(1);
      expect((await newsOf([changed("a", "a", "b", "me")], [])).left).toEqual([]);
    });

    it("knows of a new record by itself where its values tell, and asks where they do not", async () => {
      const whole = await newsOf(
        [event("n", "created", [["level", "a"]]), event("m", "created", [["level", "b"]])],
        [],
      );
      expect([whole.coming, whole.asked.length]).toEqual([["n"], 0]);
      expect((await newsOf([event("n", "created", [["name", "x"]])], ["n"])).coming).toEqual(["n"]);
    });

    it("is asked again where the server did not answer", async () => {
      vi.mocked(listRecords).mockReset();
      vi.mocked(listRecords)
        .mockRejectedValueOnce(new Error("busy"))
        .mockResolvedValue({ items: [row("n")], next_cursor: null });
      const { writer, queryClient } = setUp(query);
      const shown = new QueryObserver(queryClient, {
        queryKey: key,
        queryFn: () => Promise.resolve(null),
        staleTime: 60_000,
      });
      const leave = shown.subscribe(() => {});
      const calm = renderHook(() => {
        useCalmList(hash, () => null);
        return [...useComing(hash)];
      });
      await act(async () => {
        writer.apply([changed("n", "b", "a")]);
        await vi.advanceTimersByTimeAsync(6_000);
      });
      expect(calm.result.current).toEqual(["n"]);
      expect(listRecords).toHaveBeenCalledTimes(2);
      calm.unmount();
      leave();
      writer.end();
    });

    it("is not read twice for what happens while it is read for the first time", async () => {
      const { writer, queryClient } = setUp(query);
      queryClient.removeQueries({ queryKey: key });
      const read = vi.fn(
        () =>
          new Promise((answer) => {
            setTimeout(() => answer({ pages: [{ items: [row("a")], next_cursor: null }], pageParams: [null] }), 400);
          }),
      );
      const shown = new QueryObserver(queryClient, { queryKey: key, queryFn: read, staleTime: 60_000 });
      const leave = shown.subscribe(() => {});
      const calm = renderHook(() => {
        useCalmList(hash, (values) => values.level === "a");
        return [...useComing(hash)];
      });
      await act(async () => {
        // One that the answer holds already, and one that came too late for it.
        writer.apply([event("a", "created", [["level", "a"]]), event("n", "created", [["level", "a"]])]);
        await vi.advanceTimersByTimeAsync(6_000);
      });
      expect(calm.result.current).toEqual(["n"]);
      expect(read).toHaveBeenCalledTimes(1);
      calm.unmount();
      leave();
      writer.end();
    });

    it("takes back what is deleted before it was shown", async () => {
      const made = event("n", "created", [["level", "a"]]);
      expect((await newsOf([made, event("n", "deleted", [], { version: 3 })], [])).coming).toEqual([]);
    });
  });

  it("reads anew what is worked out of many records, of those its query names too, and no more often than need be", async () => {
    const { writer, queryClient } = setUp();
    const read = vi.fn(async () => ({ people: [] }));
    const leave = new QueryObserver(queryClient, {
      queryKey: queryKeys.workload({ days: 7 }),
      queryFn: read,
      staleTime: 60_000,
      initialData: { people: [] },
      meta: { live: true, liveAlso: ["absence"] },
    }).subscribe(() => {});
    const of = (object: string) => event("x", "updated", [["name", "x"]], { object });
    writer.apply([of("contact")]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(read).toHaveBeenCalledTimes(0);
    for (let at = 0; at < 5; at += 1) {
      writer.apply([of("activity"), of("absence")]);
      await vi.advanceTimersByTimeAsync(200);
    }
    await vi.advanceTimersByTimeAsync(10_000);
    expect(read).toHaveBeenCalledTimes(2);
    writer.apply([of("absence")]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(read).toHaveBeenCalledTimes(3);
    leave();
    writer.end();
  });

  it("lets a row go that is taken out of sight", async () => {
    const { writer, items } = setUp();
    writer.lost("account", "a");
    const gone = renderHook(() => useGone("a"));
    expect(gone.result.current).toMatchObject({ hidden: true });
    await act(async () => void (await vi.advanceTimersByTimeAsync(FADE_MS)));
    expect(items().map((item) => item.id)).toEqual(["b"]);
    writer.end();
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
