import { pagePath } from "@/api/place";
import type { RecordValues } from "@/api/types";

/** A file that goes along; `stored` is its id once it is uploaded. */
export interface OutboxFile {
  /** The input it is for. */
  input: string;
  name: string;
  type: string;
  /** Its content: a buffer, which every browser's storage keeps. */
  content: ArrayBuffer;
  stored?: string;
}

/** An action that waits to be sent. */
export interface OutboxItem {
  /** Goes with it as its idempotency key: however often it is sent, it happens once. */
  id: string;
  /** Who did it: nobody else who signs in on this device sends it. */
  member: string;
  object: string;
  record: string;
  /** What it is about, for people. */
  title: string;
  action: string;
  /** What the action is called, for people. */
  label: string;
  input: RecordValues;
  files: OutboxFile[];
  /** When it was done, by the server's clock as far as it is known. */
  at: string;
  /** Why the server does not take it; it is sent no more. */
  refused?: string;
}

/** Where items are kept. */
export interface OutboxStore {
  all: () => Promise<OutboxItem[]>;
  put: (item: OutboxItem) => Promise<void>;
  remove: (id: string) => Promise<void>;
}

const ITEMS = "items";

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("storage"));
  });

/** In this browser: what waits is there after a reload and after the browser was closed. One for each workspace. */
export function browserStore(): OutboxStore {
  let opened: Promise<IDBDatabase> | null = null;
  const open = () => {
    if (typeof indexedDB === "undefined") return Promise.reject(new Error("storage"));
    if (!opened) {
      const request = indexedDB.open(`guanxi-outbox ${pagePath("/")}`, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(ITEMS, { keyPath: "id" });
      opened = settled(request);
      // A browser that would not open it now may do so later.
      opened.catch(() => {
        opened = null;
      });
    }
    return opened;
  };
  const items = async (mode: IDBTransactionMode) => (await open()).transaction(ITEMS, mode).objectStore(ITEMS);
  const written = async (change: (store: IDBObjectStore) => IDBRequest) => {
    const store = await items("readwrite");
    const done = new Promise<void>((resolve, reject) => {
      store.transaction.oncomplete = () => resolve();
      store.transaction.onabort = () => reject(store.transaction.error ?? new Error("storage"));
    });
    change(store);
    await done;
  };
  return {
    all: async () => settled((await items("readonly")).getAll() as IDBRequest<OutboxItem[]>),
    put: (item) => written((store) => store.put(item)),
    remove: (id) => written((store) => store.delete(id)),
  };
}

/** In this window alone. */
export function windowStore(): OutboxStore {
  const kept = new Map<string, OutboxItem>();
  return {
    all: async () => [...kept.values()],
    put: async (item) => void kept.set(item.id, item),
    remove: async (id) => void kept.delete(id),
  };
}

/** Where a browser lets nothing be kept (a private window), what is done can still be sent: it is kept by the window then. */
export function keptSomewhere(first: OutboxStore, instead: OutboxStore = windowStore()): OutboxStore {
  let store = first;
  const tried = <T>(work: (store: OutboxStore) => Promise<T>): Promise<T> =>
    work(store).catch((error: unknown) => {
      if (store === instead) throw error;
      store = instead;
      return work(store);
    });
  return {
    all: () => tried((kept) => kept.all()),
    put: (item) => tried((kept) => kept.put(item)),
    remove: (id) => tried((kept) => kept.remove(id)),
  };
}
