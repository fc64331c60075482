import { useCallback, useEffect, useRef, useSyncExternalStore } from "react";
import type { ChangeEvent } from "@/api/types";

/**
 * How the news come: `live` by the socket, `fallback` by the older stream, `behind` while there is neither and one is
 * sought, `off` before the first try.
 */
export type LiveState = "off" | "live" | "fallback" | "behind";

/** A record that is gone, and who deleted it. */
export interface Gone {
  by: string | null;
}

type Listener = (event: ChangeEvent) => void;

let state: LiveState = "off";
let fresh: ReadonlyMap<string, readonly ChangeEvent[]> = new Map();
let gone: ReadonlyMap<string, Gone> = new Map();
const subscribers = new Set<() => void>();
const listeners = new Set<Listener>();
const wanted = new Map<string, number>();
/** Lists whose rows stay where they are: what is new waits for a word of the reader. By the hash of their keys. */
const calm = new Map<string, number>();
let onWanted: () => void = () => {};

/** Most records remembered as new of one object; beyond, it is "many". */
export const MOST_FRESH = 100;
const NOTHING: readonly ChangeEvent[] = [];

function changed(): void {
  for (const subscriber of subscribers) subscriber();
}

function subscribe(subscriber: () => void): () => void {
  subscribers.add(subscriber);
  return () => subscribers.delete(subscriber);
}

/** What the connection writes and the screens read. */
export const liveStore = {
  setState(next: LiveState): void {
    if (state === next) return;
    state = next;
    changed();
  },
  state: (): LiveState => state,
  /** Others made records: they wait to be shown. */
  addFresh(events: ChangeEvent[]): void {
    if (events.length === 0) return;
    const next = new Map(fresh);
    for (const event of events) {
      const before = next.get(event.object) ?? NOTHING;
      if (before.length < MOST_FRESH && !before.some((other) => other.id === event.id)) {
        next.set(event.object, [...before, event]);
      }
    }
    fresh = next;
    changed();
  },
  clearFresh(object: string): void {
    if (!fresh.has(object)) return;
    const next = new Map(fresh);
    next.delete(object);
    fresh = next;
    changed();
  },
  addGone(id: string, by: string | null): void {
    gone = new Map(gone).set(id, { by });
    changed();
  },
  removeGone(ids: string[]): void {
    const next = new Map(gone);
    for (const id of ids) next.delete(id);
    gone = next;
    changed();
  },
  tell(event: ChangeEvent): void {
    for (const listener of listeners) listener(event);
  },
  isCalm: (key: string): boolean => calm.has(key),
  /** Objects somebody listens to, besides those that are shown. */
  wanted: (): string[] => [...wanted.keys()],
  whenWanted(handler: () => void): void {
    onWanted = handler;
  },
};

export function useLiveState(): LiveState {
  return useSyncExternalStore(subscribe, liveStore.state);
}

/** Records of an object that others made since the lists were read. */
export function useFresh(object: string): readonly ChangeEvent[] {
  return useSyncExternalStore(subscribe, () => fresh.get(object) ?? NOTHING);
}

/** Whether a record was just deleted by somebody; its row fades before it goes. */
export function useGone(id: string): Gone | null {
  return useSyncExternalStore(subscribe, () => gone.get(id) ?? null);
}

function count(map: Map<string, number>, key: string, by: 1 | -1): void {
  const next = (map.get(key) ?? 0) + by;
  if (next > 0) map.set(key, next);
  else map.delete(key);
}

/** Keeps the rows of the list with this key where they are while it is on the screen. */
export function useCalmList(key: string): void {
  useEffect(() => {
    count(calm, key, 1);
    return () => count(calm, key, -1);
  }, [key]);
}

/** Hears of every event of an object that the caller may see, as long as the component is there. */
export function useLiveEvents(object: string, hear: (event: ChangeEvent) => void): void {
  const latest = useRef(hear);
  useEffect(() => {
    latest.current = hear;
  }, [hear]);
  useEffect(() => {
    const listener: Listener = (event) => {
      if (event.object === object) latest.current(event);
    };
    listeners.add(listener);
    count(wanted, object, 1);
    onWanted();
    return () => {
      listeners.delete(listener);
      count(wanted, object, -1);
      onWanted();
    };
  }, [object]);
}

/** Clears what is new of an object: it is being read. */
export function useClearFresh(object: string): () => void {
  return useCallback(() => liveStore.clearFresh(object), [object]);
}
