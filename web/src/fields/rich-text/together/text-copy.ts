import * as Y from "yjs";
import { type TextChannel, type TextMessage, textChannel } from "@/realtime/texts";
import type { TextPlace } from "../place";
import { fromBase64, pieces, toBase64 } from "./bytes";
import { Cursors } from "./cursors";

/** What is typed within this time goes out as one edit: the server counts messages. */
const TOGETHER_MS = 120;
const MOVED_MS = 250;
/** Whoever is not heard of for a while is taken for gone. */
const REPEAT_MS = 25_000;
const AGAIN_MS = 4_000;

type Joined = Extract<TextMessage, { type: "joined" }>;
type Left = Extract<TextMessage, { type: "left" }>["reason"];

export interface CopyStatus {
  /** `away`: the connection is gone, and what is written waits. */
  state: "joining" | "live" | "away" | "gone" | "withdrawn" | "too_large" | "renewed";
  write: boolean;
  /** Whether all that was written here is durable. */
  saved: boolean;
  /** Why the record does not take the text. */
  refused: string | null;
}

/** This window's copy of a text that several edit: what is written while the connection is gone is merged when it is back. */
export class TextCopy {
  readonly doc = new Y.Doc();
  readonly cursors = new Cursors(this.doc, () => this.moved());
  private status: CopyStatus = { state: "joining", write: false, saved: true, refused: null };
  private readonly subscribers = new Set<() => void>();
  private number = 0;
  private epoch: string | null = null;
  private sent = 0;
  private taken = 0;
  private waiting: Uint8Array[] = [];
  private timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(
    private readonly place: TextPlace & { field: string },
    private readonly channel: TextChannel = textChannel,
  ) {
    this.doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin !== this) this.written(update);
    });
  }

  subscribe = (subscriber: () => void): (() => void) => {
    this.subscribers.add(subscriber);
    return () => this.subscribers.delete(subscriber);
  };

  getStatus = (): CopyStatus => this.status;

  /** Joins the text; leaves it with the function it answers. */
  start(): () => void {
    const end = this.channel.listen({
      hear: (message) => this.hear(message),
      up: () => this.join(),
      down: () => this.down(),
    });
    return () => {
      this.flush();
      if (this.number > 0) this.channel.say({ type: "leave", doc: this.number });
      end();
      this.down();
      for (const timer of this.timers.values()) clearTimeout(timer);
      this.timers.clear();
    };
  }

  private join(): void {
    const { object, id, field } = this.place;
    const copy = this.epoch ? { epoch: this.epoch, vector: toBase64(Y.encodeStateVector(this.doc)) } : {};
    this.channel.say({ type: "join", object, id, field, ...copy });
  }

  private down(): void {
    this.number = 0;
    this.waiting = [];
    this.cursors.forget();
    if (this.status.state === "live") this.change({ state: "away" });
  }

  private hear(message: TextMessage): void {
    if (message.type === "joined" || message.type === "left") {
      const { object, id, field } = this.place;
      if (message.object !== object || message.id !== id || message.field !== field) return;
      if (message.type === "joined") this.joined(message);
      else this.left(message.reason);
      return;
    }
    if (message.doc !== this.number) return;
    switch (message.type) {
      case "edits":
        for (const update of message.updates) Y.applyUpdate(this.doc, fromBase64(update), this);
        break;
      case "taken":
        this.taken = Math.max(this.taken, message.n);
        this.change({ saved: this.isSaved() });
        break;
      case "cursor":
        this.cursors.put(message.client, message.member, message.label, message.at);
        break;
      case "written":
        this.change({ refused: null });
        break;
      case "unwritten":
        this.change({ refused: message.reason });
        break;
    }
  }

  private joined(message: Joined): void {
    if (this.epoch !== null && this.epoch !== message.epoch) {
      // Begun anew while we were away: a copy of the old one has nothing to do with it.
      this.change({ state: "renewed", write: false });
      return;
    }
    this.epoch = message.epoch;
    this.number = message.doc;
    this.taken = this.sent;
    this.waiting = [];
    Y.applyUpdate(this.doc, fromBase64(message.update), this);
    const theirs = fromBase64(message.vector);
    const unsent =
      Y.getState(this.doc.store, this.doc.clientID) > (Y.decodeStateVector(theirs).get(this.doc.clientID) ?? 0);
    if (!message.write) {
      this.change({ state: unsent ? "withdrawn" : "live", write: false, saved: !unsent });
      return;
    }
    const lacking = Y.encodeStateAsUpdate(this.doc, theirs);
    if (lacking.some((byte) => byte !== 0)) this.send(lacking);
    this.change({ state: "live", write: true, saved: this.isSaved() });
    this.tellCursor();
  }

  private left(reason: Left): void {
    this.number = 0;
    this.cursors.forget();
    switch (reason) {
      case "busy":
        this.change({ state: this.epoch ? "away" : "joining" });
        this.later("join", AGAIN_MS, () => this.join());
        break;
      case "read_only":
        // What is there may be read on, unless something written here was not taken.
        if (this.isSaved()) this.join();
        else this.change({ state: "withdrawn", write: false });
        break;
      case "renewed":
      case "gone":
      case "too_large":
        this.change({ state: reason, write: false });
        break;
    }
  }

  private written(update: Uint8Array): void {
    // An editor that only shows may still put its first paragraph in order.
    if (!this.status.write) return;
    this.waiting.push(update);
    if (this.status.saved) this.change({ saved: false });
    this.later("flush", TOGETHER_MS, () => this.flush());
  }

  private flush(): void {
    if (this.waiting.length === 0 || this.number === 0) return;
    const update = Y.mergeUpdates(this.waiting);
    this.waiting = [];
    this.send(update);
  }

  private send(update: Uint8Array): void {
    this.sent += 1;
    const parts = pieces(toBase64(update));
    parts.forEach((part, at) => {
      this.channel.say({ type: "edit", doc: this.number, n: this.sent, update: part, more: at + 1 < parts.length });
    });
  }

  private isSaved(): boolean {
    return this.waiting.length === 0 && this.taken === this.sent;
  }

  private moved(): void {
    this.later("moved", MOVED_MS, () => this.tellCursor());
  }

  private tellCursor(): void {
    if (this.number === 0) return;
    const { cursor } = this.cursors.getLocalState();
    this.channel.say({
      type: "cursor",
      doc: this.number,
      client: this.doc.clientID,
      at: cursor === null ? null : JSON.stringify(cursor),
    });
    if (cursor !== null) this.later("repeat", REPEAT_MS, () => this.tellCursor());
  }

  /** Once for all who ask within the time. */
  private later(name: string, ms: number, work: () => void): void {
    if (this.timers.has(name)) return;
    const run = () => {
      this.timers.delete(name);
      work();
    };
    this.timers.set(name, setTimeout(run, ms));
  }

  private change(part: Partial<CopyStatus>): void {
    this.status = { ...this.status, ...part };
    for (const subscriber of [...this.subscribers]) subscriber();
  }
}
