import { isApiError } from "@/api/errors";
import type { OutboxItem, OutboxStore } from "./store";

export interface OutboxParts {
  store: OutboxStore;
  /** Uploads a file and answers its id. */
  upload: (item: OutboxItem, at: number) => Promise<string>;
  /** Runs the action with the input it has by now. */
  run: (item: OutboxItem) => Promise<void>;
  /** Why an error is one, for people. */
  reason: (error: unknown) => string;
  /** Keeps other windows from sending at the same time; does nothing where one of them sends. */
  alone: (work: () => Promise<void>) => Promise<void>;
}

/** Whether the same may be taken later: no network, the server is busy or down, or the session is over. */
function mayPass(error: unknown): boolean {
  return isApiError(error) ? error.isTransient || error.status >= 500 || error.status === 401 : false;
}

/**
 * What was done on this device and is not with the server yet. It is kept before it is sent and until the server has
 * answered; sent in the order it was done; what the server refuses stays to be looked at, and so does what was done to the
 * same record after it.
 */
export class Outbox {
  private items: readonly OutboxItem[] = [];
  private readonly listeners = new Set<() => void>();
  private readonly sent = new Set<(item: OutboxItem) => void>();
  private sending: Promise<void> | null = null;
  private again = false;

  private readonly parts: OutboxParts;
  private readonly member: string;

  constructor(parts: OutboxParts, member: string) {
    this.parts = parts;
    this.member = member;
  }

  /** The member's own, in the order they were done. */
  readonly list = (): readonly OutboxItem[] => this.items;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Hears of every item the server took. */
  onSent(listener: (item: OutboxItem) => void): () => void {
    this.sent.add(listener);
    return () => this.sent.delete(listener);
  }

  async load(): Promise<void> {
    const all = await this.parts.store.all();
    this.items = all.filter((item) => item.member === this.member).sort((a, b) => (a.at < b.at ? -1 : 1));
    for (const listener of this.listeners) listener();
  }

  /** Keeps an item, then sends what there is. Answers once it was tried: the item is gone, refused, or waits. */
  async add(item: OutboxItem): Promise<OutboxItem | null> {
    await this.parts.store.put(item);
    await this.load();
    await this.flush();
    return this.items.find((one) => one.id === item.id) ?? null;
  }

  async drop(id: string): Promise<void> {
    await this.parts.store.remove(id);
    await this.load();
  }

  /** Lets a refused item be sent once more. */
  async retry(id: string): Promise<void> {
    const item = this.items.find((one) => one.id === id);
    if (!item) return;
    const { refused: _, ...anew } = item;
    await this.parts.store.put(anew);
    await this.load();
    await this.flush();
  }

  /** Sends what waits; one run at a time, and once more where something came meanwhile. */
  flush(): Promise<void> {
    if (this.sending) {
      this.again = true;
      return this.sending;
    }
    this.sending = this.runs().finally(() => {
      this.sending = null;
    });
    return this.sending;
  }

  private async runs(): Promise<void> {
    do {
      this.again = false;
      await this.parts.alone(() => this.sendAll());
      await this.load();
    } while (this.again);
  }

  private async sendAll(): Promise<void> {
    // Another window may have sent some of them.
    await this.load();
    const stuck = new Set<string>();
    for (const item of this.items) {
      if (item.refused !== undefined) stuck.add(item.record);
      if (stuck.has(item.record)) continue;
      try {
        await this.send(item);
      } catch (error) {
        if (mayPass(error)) return;
        stuck.add(item.record);
        await this.parts.store.put({ ...item, refused: this.parts.reason(error) });
      }
    }
  }

  private async send(item: OutboxItem): Promise<void> {
    const ready: OutboxItem = { ...item, files: [...item.files], input: { ...item.input } };
    for (const [at, file] of ready.files.entries()) {
      const stored = file.stored ?? (await this.parts.upload(ready, at));
      if (!file.stored) {
        ready.files[at] = { ...file, stored };
        await this.parts.store.put({ ...ready, input: item.input });
      }
      ready.input[file.input] = stored;
    }
    await this.parts.run(ready);
    await this.parts.store.remove(item.id);
    for (const listener of this.sent) listener(item);
  }
}
