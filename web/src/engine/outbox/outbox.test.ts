import { beforeEach, describe, expect, it } from "vitest";
import { ApiError } from "@/api/errors";
import { Outbox } from "./outbox";
import { keptSomewhere, type OutboxItem, type OutboxStore } from "./store";

/** What a browser keeps, without a browser. */
function keptIn(kept: Map<string, OutboxItem>): OutboxStore {
  return {
    all: async () => structuredClone([...kept.values()]),
    put: async (item) => void kept.set(item.id, structuredClone(item)),
    remove: async (id) => void kept.delete(id),
  };
}

const item = (id: string, over: Partial<OutboxItem> = {}): OutboxItem => ({
  id,
  member: "lin",
  object: "activity",
  record: "visit",
  title: "拜访",
  action: "check_in",
  label: "签到",
  input: { taken_at: "2026-11-16T02:00:00Z" },
  files: [],
  at: `2026-11-16T02:0${id.length}:00Z`,
  ...over,
});

const network = () => new ApiError({ status: 0, code: "network", title: "network" });
const refusal = () => new ApiError({ status: 409, code: "state_conflict", title: "已经签到" });

describe("the outbox", () => {
  let kept: Map<string, OutboxItem>;
  /** What reached the server, and what it answers. */
  let calls: string[];
  let answer: (item: OutboxItem) => void;
  let busy: boolean;

  const open = (member = "lin") =>
    new Outbox(
      {
        store: keptIn(kept),
        upload: async (one, at) => {
          calls.push(`upload ${one.files[at]?.name}`);
          answer(one);
          return "stored-1";
        },
        run: async (one) => {
          calls.push(`${one.action} ${one.id} ${JSON.stringify(one.input)}`);
          answer(one);
        },
        reason: (error) => (error instanceof ApiError ? error.message : ""),
        alone: async (work) => (busy ? undefined : work()),
      },
      member,
    );

  beforeEach(() => {
    kept = new Map();
    calls = [];
    answer = () => undefined;
    busy = false;
  });

  it("sends at once what can be sent, and keeps nothing of it", async () => {
    expect(await open().add(item("a"))).toBeNull();
    expect(calls).toEqual(['check_in a {"taken_at":"2026-11-16T02:00:00Z"}']);
    expect(kept.size).toBe(0);
  });

  it("keeps what no network takes, over a reload, and sends it in the order it was done", async () => {
    answer = () => {
      throw network();
    };
    const before = open();
    await before.add(item("a"));
    await before.add(item("bb", { action: "check_out" }));
    expect(before.list().map(({ id }) => id)).toEqual(["a", "bb"]);
    calls = [];
    answer = () => undefined;
    const after = open();
    await after.flush();
    expect(calls.map((call) => call.slice(0, 12))).toEqual(["check_in a {", "check_out bb"]);
    expect([kept.size, after.list().length]).toEqual([0, 0]);
    await after.flush();
    expect(calls).toHaveLength(2);
  });

  it("uploads a picture once, however often the action behind it is tried", async () => {
    const outbox = open();
    const files = [{ input: "photo", name: "现场.jpg", type: "image/jpeg", content: new ArrayBuffer(3) }];
    let tries = 0;
    answer = () => {
      tries += 1;
      if (tries === 2) throw network();
    };
    await outbox.add(item("a", { files }));
    await outbox.flush();
    const sent = 'check_in a {"taken_at":"2026-11-16T02:00:00Z","photo":"stored-1"}';
    expect(calls).toEqual(["upload 现场.jpg", sent, sent]);
    expect(kept.size).toBe(0);
  });

  it("shows why something is refused, and holds back what came after it on that record alone", async () => {
    const outbox = open();
    answer = (one) => {
      if (one.id === "a") throw refusal();
    };
    await outbox.add(item("a"));
    await outbox.add(item("bb", { action: "check_out" }));
    await outbox.add(item("ccc", { record: "other" }));
    expect(outbox.list().map(({ id, refused }) => [id, refused])).toEqual([
      ["a", "已经签到"],
      ["bb", undefined],
    ]);
    // Given up, the next one goes.
    await outbox.drop("a");
    await outbox.flush();
    expect(kept.size).toBe(0);
    expect(calls.at(-1)).toContain("check_out bb");
  });

  it("sends once more what was refused where somebody wants it", async () => {
    const outbox = open();
    answer = () => {
      throw refusal();
    };
    await outbox.add(item("a"));
    answer = () => undefined;
    await outbox.flush();
    expect(outbox.list()).toHaveLength(1);
    await outbox.retry("a");
    expect(kept.size).toBe(0);
  });

  it("leaves to another member what he did on this device", async () => {
    answer = () => {
      throw network();
    };
    await open().add(item("a"));
    calls = [];
    answer = () => undefined;
    const other = open("zhou");
    await other.flush();
    expect([calls, other.list()]).toEqual([[], []]);
    expect(kept.size).toBe(1);
  });

  it("sends what a browser would not keep", async () => {
    const refuses = () => Promise.reject(new Error("private window"));
    const outbox = new Outbox(
      {
        store: keptSomewhere({ all: refuses, put: refuses, remove: refuses }),
        upload: async () => "",
        run: async (one) => void calls.push(one.id),
        reason: () => "",
        alone: (work) => work(),
      },
      "lin",
    );
    expect(await outbox.add(item("a"))).toBeNull();
    expect(calls).toEqual(["a"]);
  });

  it("lets another window send", async () => {
    busy = true;
    const outbox = open();
    expect((await outbox.add(item("a")))?.id).toBe("a");
    expect(calls).toEqual([]);
  });

  it("sends what came while it was sending", async () => {
    const outbox = open();
    let second: Promise<unknown> | null = null;
    answer = (one) => {
      if (one.id === "a") second = outbox.add(item("bb", { action: "check_out" }));
    };
    await outbox.add(item("a"));
    await second;
    expect(calls.map((call) => call.split(" ")[1])).toEqual(["a", "bb"]);
    expect(kept.size).toBe(0);
  });
});
