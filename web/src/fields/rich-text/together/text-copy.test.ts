import { beforeEach, describe, expect, it, vi } from "vitest";
import * as Y from "yjs";
import type { TextListener, TextMessage, TextRequest } from "@/realtime/texts";
import { fromBase64, pieces, toBase64 } from "./bytes";
import { hueOf } from "./carets";
import { TextCopy } from "./text-copy";

const PLACE = { object: "note", id: "n1", field: "body" };

/** The server's side of one text, and the sockets of those who edit it. */
class FakeServer {
  readonly doc = new Y.Doc();
  epoch = "e1";
  write = true;
  private next = 0;
  private readonly readers = new Map<number, TextListener>();

  channel() {
    const sent: TextRequest[] = [];
    let listener: TextListener | null = null;
    let up = true;
    let doc = 0;
    const part: string[] = [];
    const say = (message: TextRequest) => {
      if (!up) return;
      sent.push(message);
      if (message.type === "join") {
        this.next += 1;
        doc = this.next;
        if (listener) this.readers.set(doc, listener);
        const same = message.epoch === this.epoch && message.vector;
        const update = Y.encodeStateAsUpdate(this.doc, same ? fromBase64(message.vector ?? "") : undefined);
        const vector = toBase64(Y.encodeStateVector(this.doc));
        const { epoch, write } = this;
        listener?.hear({ type: "joined", ...PLACE, doc, epoch, write, update: toBase64(update), vector });
      } else if (message.type === "edit") {
        part.push(message.update);
        if (message.more) return;
        const whole = part.splice(0).map(fromBase64);
        const update = new Uint8Array(whole.flatMap((one) => [...one]));
        Y.applyUpdate(this.doc, update);
        this.tell({ type: "edits", doc: 0, updates: [toBase64(update)] }, doc);
        listener?.hear({ type: "taken", doc, n: message.n });
      }
    };
    return {
      sent,
      say,
      listen: (one: TextListener) => {
        listener = one;
        if (up) one.up();
        return () => {
          listener = null;
          this.readers.delete(doc);
        };
      },
      cut: () => {
        up = false;
        this.readers.delete(doc);
        listener?.down();
      },
      mend: () => {
        up = true;
        listener?.up();
      },
      hear: (message: TextMessage) => listener?.hear(message),
    };
  }

  private tell(message: Extract<TextMessage, { type: "edits" }>, but: number) {
    for (const [doc, reader] of this.readers) if (doc !== but) reader.hear({ ...message, doc });
  }
}

const textOf = (copy: { doc: Y.Doc }) => copy.doc.getText("t").toString();
const write = (copy: TextCopy, at: number, text: string) => copy.doc.getText("t").insert(at, text);

describe("a copy of a text that several edit", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  it("tells what is written, together where it is written quickly, and hears the others", () => {
    const server = new FakeServer();
    const [mine, theirs] = [server.channel(), server.channel()];
    const [one, other] = [new TextCopy(PLACE, mine), new TextCopy(PLACE, theirs)];
    one.start();
    other.start();
    write(one, 0, "a");
    write(one, 1, "b");
    expect(one.getStatus().saved).toBe(false);
    vi.advanceTimersByTime(200);
    expect(mine.sent.filter((message) => message.type === "edit")).toHaveLength(1);
    expect([textOf(other), one.getStatus().saved]).toEqual(["ab", true]);
  });

  it("merges what was written while the connection was gone", () => {
    const server = new FakeServer();
    const [mine, theirs] = [server.channel(), server.channel()];
    const [one, other] = [new TextCopy(PLACE, mine), new TextCopy(PLACE, theirs)];
    one.start();
    other.start();
    write(one, 0, "中");
    vi.advanceTimersByTime(200);
    mine.cut();
    expect(one.getStatus().state).toBe("away");
    write(one, 0, "前");
    write(other, 1, "后");
    vi.advanceTimersByTime(60_000);
    expect([textOf(one), textOf(other)]).toEqual(["前中", "中后"]);
    mine.mend();
    vi.advanceTimersByTime(200);
    expect([textOf(one), textOf(other)]).toEqual(["前中后", "前中后"]);
    expect(one.getStatus()).toMatchObject({ state: "live", saved: true });
  });

  it("keeps what was not taken in sight when the right is withdrawn, and reads on otherwise", () => {
    const server = new FakeServer();
    const channel = server.channel();
    const copy = new TextCopy(PLACE, channel);
    copy.start();
    server.write = false;
    channel.hear({ type: "left", ...PLACE, reason: "read_only" });
    expect(copy.getStatus()).toMatchObject({ state: "live", write: false });
    server.write = true;
    channel.cut();
    channel.mend();
    channel.cut();
    write(copy, 0, "verloren");
    server.write = false;
    channel.mend();
    expect([copy.getStatus().state, textOf(copy), textOf(server)]).toEqual(["withdrawn", "verloren", ""]);
  });

  it("does not merge with a text that was begun anew", () => {
    const server = new FakeServer();
    const channel = server.channel();
    const copy = new TextCopy(PLACE, channel);
    copy.start();
    write(copy, 0, "a");
    vi.advanceTimersByTime(200);
    channel.cut();
    server.epoch = "e2";
    channel.mend();
    expect(copy.getStatus().state).toBe("renewed");
  });

  it("leaves with what it still had to say", () => {
    const server = new FakeServer();
    const channel = server.channel();
    const copy = new TextCopy(PLACE, channel);
    const end = copy.start();
    write(copy, 0, "letztes");
    end();
    expect(textOf(server)).toBe("letztes");
    expect(channel.sent.at(-1)).toMatchObject({ type: "leave" });
  });

  it("sends much in parts", () => {
    const server = new FakeServer();
    const channel = server.channel();
    const copy = new TextCopy(PLACE, channel);
    copy.start();
    write(copy, 0, "长".repeat(50_000));
    vi.advanceTimersByTime(200);
    expect(textOf(server)).toHaveLength(50_000);
    const edits = channel.sent.filter((message) => message.type === "edit");
    expect(edits.length).toBeGreaterThan(3);
    expect(edits.every((message) => JSON.stringify(message).length < 64 * 1024)).toBe(true);
  });
});

it("reads and writes base64 of any length", () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, at) => at % 251);
  const text = toBase64(bytes);
  expect(pieces(text).flatMap((piece) => [...fromBase64(piece)])).toEqual([...bytes]);
});

it("gives a member the same colour everywhere", () => {
  expect(hueOf("0190-ab")).toBe(hueOf("0190-ab"));
  expect(new Set(Array.from({ length: 50 }, (_, at) => hueOf(`0190-${at}`))).size).toBe(6);
});
