import type { ChangeEvent, LiveMessage } from "@/api/types";
import type { WatchedRecord } from "./interest";
import type { PresentMember, Spot } from "./presence";
import type { LiveState } from "./store";
import type { TextMessage, TextRequest } from "./texts";

/** The server gives a sign of life every twenty seconds; after so long without one the connection is dead. */
const SILENCE_MS = 50_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** So many handshakes that came to nothing before the older stream is tried instead. */
const FAILURES_BEFORE_FALLBACK = 3;
/** The first data of the screens may be so much older than the page's own time says. */
const LONGEST_AGE_MS = 240_000;
/** What comes into view later was asked for at the same time as it is watched. */
const LATER_AGE_MS = 3_000;

/** Codes with which the server ends a connection (docs/api.md). */
const SIGNED_OUT = 4401;
const WRONG_TOKEN = 4403;
const TOO_SLOW = 4408;

export interface LiveHandlers {
  events(events: ChangeEvent[]): void;
  /** More happened than was told: everything is to be read anew. */
  reset(): void;
  /** Rights or definitions changed. */
  rights(): void;
  /** A record can no longer be seen. */
  lost(object: string, id: string): void;
  /** Who else is where this window is. */
  met(object: string, id: string | null, members: PresentMember[]): void;
  /** Something about a text that is edited here. */
  text(message: TextMessage): void;
  state(state: LiveState): void;
  /** Whether the session lives, with its token; asked after the server said it does not. */
  token(refused: boolean): Promise<string | null>;
}

export interface LiveTransport {
  socket(): WebSocket;
  source(after: number | null, objects: string[]): EventSource;
}

/** One connection of a tab: opened again whenever it breaks, resumed where it was. */
export class LiveConnection {
  private socket: WebSocket | null = null;
  private source: EventSource | null = null;
  /** All up to here has been heard; null before the server has said where it is. */
  private seq: number | null = null;
  private objects: string[] = [];
  private records: WatchedRecord[] = [];
  private spots: Spot[] = [];
  /** Whether anything was watched on this connection, and at all. */
  private watching = false;
  private asked = false;
  /** When anything was first watched: what was read before that was named then. */
  private askedAt = Number.NEGATIVE_INFINITY;
  private failures = 0;
  private opened = false;
  private stopped = false;
  private ready = false;
  private heardAt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly transport: LiveTransport,
    private readonly handlers: LiveHandlers,
    private readonly now: () => number = () => performance.now(),
    private readonly random: () => number = Math.random,
  ) {}

  start(): void {
    this.stopped = false;
    this.connect();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.drop();
  }

  /** What is to be heard of; all of it, in place of what was. */
  watch(objects: string[], records: WatchedRecord[] = []): void {
    const next = [...new Set(objects)].sort();
    const idsOf = (all: WatchedRecord[]) => all.map((one) => one.id).join();
    const same = next.join() === this.objects.join();
    if (same && idsOf(records) === idsOf(this.records)) return;
    this.objects = next;
    this.records = records;
    if (this.ready) this.sendWatch();
    // The older stream knows objects alone.
    else if (this.source && !same) this.openSource();
  }

  /** Where this window is, all of it, in place of where it was. */
  present(spots: Spot[]): void {
    this.spots = spots;
    if (this.ready) this.socket?.send(JSON.stringify({ type: "present", at: spots }));
  }

  /** Says something about a text; lost where there is no socket. */
  say(message: TextRequest): void {
    if (this.ready) this.socket?.send(JSON.stringify(message));
  }

  /** The network came back, or the machine woke up: what seems to be open may long be dead. */
  wake(): void {
    if (this.stopped) return;
    const silent = this.now() - this.heardAt > SILENCE_MS / 2;
    if (this.ready && !silent) return;
    this.failures = Math.min(this.failures, 1);
    this.connect();
  }

  private drop(): void {
    const { socket, source } = this;
    this.socket = null;
    this.source = null;
    this.ready = false;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
      socket.close();
    }
    source?.close();
  }

  private connect(): void {
    clearTimeout(this.timer);
    this.drop();
    if (this.stopped) return;
    if (!this.opened && this.failures >= FAILURES_BEFORE_FALLBACK) {
      this.openSource();
      return;
    }
    void this.openSocket(false);
  }

  private async openSocket(refused: boolean): Promise<void> {
    const token = await this.handlers.token(refused);
    if (this.stopped || this.socket || token === null) return;
    const socket = this.transport.socket();
    this.socket = socket;
    this.heard();
    socket.onopen = () => socket.send(JSON.stringify({ type: "hello", csrf: token }));
    socket.onmessage = (message) => this.take(JSON.parse(String(message.data)) as LiveMessage);
    socket.onclose = (event) => this.closed(event.code);
  }

  private take(message: LiveMessage): void {
    this.heard();
    switch (message.type) {
      case "ready":
        this.opened = true;
        this.failures = 0;
        this.ready = true;
        this.watching = false;
        this.sendWatch();
        if (this.spots.length > 0) this.present(this.spots);
        this.handlers.state("live");
        break;
      case "watching":
        this.seq = message.seq;
        break;
      case "events":
        this.seq = message.seq;
        this.handlers.events(message.events);
        break;
      case "seq":
        if (this.seq !== null) this.seq = Math.max(this.seq, message.seq);
        break;
      case "reset":
        this.seq = message.seq;
        this.handlers.reset();
        break;
      case "rights":
        this.handlers.rights();
        break;
      case "lost":
        this.handlers.lost(message.object, message.id);
        break;
      case "present":
        this.handlers.met(message.object, message.id, message.members);
        break;
      default:
        this.handlers.text(message);
    }
  }

  private sendWatch(): void {
    const { objects, records } = this;
    // What the first screens show was read at some time since the page was opened.
    const age = Math.round(
      this.asked ? Math.min(LATER_AGE_MS, this.now() - this.askedAt) : Math.min(this.now(), LONGEST_AGE_MS),
    );
    const resume = !this.watching && this.seq !== null && this.asked;
    this.watching = true;
    if (!this.asked && objects.length > 0) {
      this.asked = true;
      this.askedAt = this.now();
    }
    const named = records.length > 0 ? { records } : {};
    const since = resume ? { after: this.seq } : objects.length > 0 ? { age } : {};
    this.socket?.send(JSON.stringify({ type: "watch", objects, ...named, ...since }));
  }

  /** The older way, where something between us and the server lets no socket through. */
  private openSource(): void {
    this.source?.close();
    this.source = null;
    if (this.objects.length === 0) return;
    const source = this.transport.source(this.seq, this.objects);
    this.source = source;
    const resumed = this.seq !== null;
    source.onopen = () => {
      this.heard();
      this.handlers.state("fallback");
      // Where it is the first, nobody knows what happened between the reading and now.
      if (!resumed) this.handlers.reset();
    };
    source.addEventListener("change", (message) => {
      this.heard();
      const event = JSON.parse(message.data) as ChangeEvent;
      this.seq = event.seq;
      this.handlers.events([event]);
    });
    source.onerror = () => {
      this.failures = FAILURES_BEFORE_FALLBACK;
      this.closed(0);
    };
  }

  private heard(): void {
    this.heardAt = this.now();
    clearTimeout(this.timer);
    if (!this.source) this.timer = setTimeout(() => this.closed(0), SILENCE_MS);
  }

  private closed(code: number): void {
    const wasReady = this.ready;
    this.drop();
    clearTimeout(this.timer);
    if (this.stopped) return;
    this.handlers.state("behind");
    if (!wasReady) this.failures += 1;
    if (code === SIGNED_OUT || code === WRONG_TOKEN) {
      // The token may have been replaced, as happens when rights change; if nobody is signed in the app says so itself.
      void this.openSocket(true);
      return;
    }
    const pause = code === TOO_SLOW ? 0 : Math.min(FIRST_PAUSE_MS * 2 ** this.failures, LONGEST_PAUSE_MS);
    this.timer = setTimeout(() => this.connect(), pause * (0.5 + this.random()));
  }
}
