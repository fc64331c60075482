import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ChangeEvent } from "@/api/types";
import { LiveConnection, type LiveHandlers } from "./connection";

class FakeSocket {
  sent: { type: string; [key: string]: unknown }[] = [];
  closed = false;
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  onerror: (() => void) | null = null;
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.closed = true;
  }
  says(message: object) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

class FakeSource {
  closed = false;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  change: ((message: { data: string }) => void) | null = null;
  constructor(
    readonly after: number | null,
    readonly objects: string[],
  ) {}
  addEventListener(_name: string, listener: (message: { data: string }) => void) {
    this.change = listener;
  }
  close() {
    this.closed = true;
  }
}

const event = (seq: number) => ({ seq, object: "account" }) as ChangeEvent;

function setUp(tokens: (string | null)[] = []) {
  const sockets: FakeSocket[] = [];
  const sources: FakeSource[] = [];
  const heard: string[] = [];
  const handlers: LiveHandlers = {
    events: (events) => heard.push(...events.map((one) => `event ${one.seq}`)),
    reset: () => heard.push("reset"),
    rights: () => heard.push("rights"),
    lost: (object, id) => heard.push(`lost ${object} ${id}`),
    met: (object, id, members) => heard.push(`met ${members.length} at ${object} ${id}`),
    text: (message) => heard.push(`text ${message.type}`),
    state: (state) => heard.push(state),
    token: async () => (tokens.length > 0 ? (tokens.shift() ?? null) : "token"),
  };
  const connection = new LiveConnection(
    {
      socket: () => {
        const socket = new FakeSocket();
        sockets.push(socket);
        return socket as unknown as WebSocket;
      },
      source: (after, objects) => {
        const source = new FakeSource(after, objects);
        sources.push(source);
        return source as unknown as EventSource;
      },
    },
    handlers,
    () => performance.now(),
    () => 0.5,
  );
  const last = () => sockets.at(-1) as FakeSocket;
  const settle = () => vi.advanceTimersByTimeAsync(0);
  const greet = async () => {
    await settle();
    last().onopen?.();
    last().says({ type: "ready", member: "m" });
  };
  return { connection, sockets, sources, heard, last, greet, settle };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("the live connection", () => {
  it("greets with the token, says what it wants, and resumes after what it has heard", async () => {
    const { connection, sockets, heard, last, greet } = setUp();
    connection.watch(["account"]);
    connection.start();
    await greet();
    expect(last().sent[0]).toEqual({ type: "hello", csrf: "token" });
    expect(last().sent[1]).toMatchObject({ type: "watch", objects: ["account"] });
    expect(last().sent[1]).toHaveProperty("age");
    last().says({ type: "watching", seq: 7 });
    last().says({ type: "events", seq: 9, events: [event(8), event(9)] });
    last().says({ type: "seq", seq: 12 });
    last().onclose?.({ code: 1006 });
    await vi.advanceTimersByTimeAsync(1_000);
    await greet();
    expect(sockets).toHaveLength(2);
    expect(last().sent[1]).toEqual({ type: "watch", objects: ["account"], after: 12 });
    expect(heard).toEqual(["live", "event 8", "event 9", "behind", "live"]);
    connection.stop();
    expect(last().closed).toBe(true);
  });

  it("says what is wanted later with the age of what was just read", async () => {
    const { connection, last, greet } = setUp();
    connection.start();
    await greet();
    connection.watch(["account"]);
    await vi.advanceTimersByTimeAsync(800);
    connection.watch(["lead", "account", "lead"]);
    connection.watch(["account", "lead"]);
    const watch = { type: "watch", objects: ["account", "lead"] };
    // What was read before anything was watched was named then: nothing is older than that.
    expect(last().sent.slice(3)).toEqual([{ ...watch, age: 800 }]);
    await vi.advanceTimersByTimeAsync(30_000);
    connection.watch(["account", "contact"]);
    expect(last().sent[4]).toEqual({ type: "watch", objects: ["account", "contact"], age: 3_000 });
    connection.stop();
  });

  it("waits longer after each failure and comes back at once when the network does", async () => {
    const { connection, sockets, greet, settle, last } = setUp();
    connection.start();
    await greet();
    last().onclose?.({ code: 1006 });
    await vi.advanceTimersByTimeAsync(501);
    last().onclose?.({ code: 1006 });
    await vi.advanceTimersByTimeAsync(900);
    expect(sockets).toHaveLength(2);
    connection.wake();
    await settle();
    expect(sockets).toHaveLength(3);
    connection.stop();
  });

  it("gives up a connection that has fallen silent", async () => {
    const { connection, sockets, greet, heard } = setUp();
    connection.start();
    await greet();
    await vi.advanceTimersByTimeAsync(52_000);
    expect(sockets.length).toBeGreaterThan(1);
    expect(heard).toContain("behind");
    connection.stop();
  });

  it("asks for another token where it is refused, and rests where nobody is signed in", async () => {
    const { connection, sockets, greet, last, settle } = setUp(["old", "new", null]);
    connection.start();
    await greet();
    last().onclose?.({ code: 4401 });
    await settle();
    last().onopen?.();
    expect(last().sent[0]).toEqual({ type: "hello", csrf: "new" });
    last().onclose?.({ code: 4401 });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets).toHaveLength(2);
    connection.stop();
  });

  it("goes over to the older stream where no socket gets through, and resumes that too", async () => {
    const { connection, sockets, sources, heard } = setUp();
    connection.watch(["account"]);
    connection.start();
    for (let at = 0; at < 3; at += 1) {
      await vi.advanceTimersByTimeAsync(5_000);
      sockets.at(-1)?.onclose?.({ code: 1006 });
    }
    await vi.advanceTimersByTimeAsync(5_000);
    expect(sources).toHaveLength(1);
    sources[0]?.onopen?.();
    sources[0]?.change?.({ data: JSON.stringify(event(5)) });
    connection.watch(["account", "lead"]);
    expect(sources[0]?.closed).toBe(true);
    expect([sources[1]?.after, sources[1]?.objects]).toEqual([5, ["account", "lead"]]);
    expect(heard.filter((one) => one !== "behind")).toEqual(["fallback", "reset", "event 5"]);
    connection.stop();
  });

  it("says where the window is, again after a break, and hears who else is there", async () => {
    const { connection, heard, last, greet } = setUp();
    connection.start();
    await greet();
    connection.present([{ object: "account", id: "a", field: "name" }]);
    const said = { type: "present", at: [{ object: "account", id: "a", field: "name" }] };
    expect(last().sent.at(-1)).toEqual(said);
    last().says({ type: "present", object: "account", id: "a", members: [{ id: "li", label: "李娜" }] });
    last().onclose?.({ code: 1012 });
    await vi.advanceTimersByTimeAsync(1_000);
    await greet();
    expect(last().sent.at(-1)).toEqual(said);
    expect(heard).toContain("met 1 at account a");
    connection.stop();
  });
});
