import { useEffect, useRef, useSyncExternalStore } from "react";
import type { ChangeEvent, FieldValues } from "@/api/types";

/**
 * How the news come: `live` by the socket, `fallback` by the older stream, `behind` while there is neither and one is
 * sought, `off` before the first try.
 */
export type LiveState = "off" | "live" | "fallback" | "behind";

/** A record that is gone, and who deleted it; or one that may not be seen any more, of which nothing is said. */
export interface Gone {
  by: string | null;
  hidden?: boolean;
}

/** Whether a record with these values belongs into a list; null where the browser cannot tell. */
export type Judge = (values: FieldValues) => boolean | null;

type Listener = (event: ChangeEvent) => void;
type IdsByList = ReadonlyMap<string, ReadonlySet<string>>;

let state: LiveState = "off";
/** By list, what came into it and waits to be shown, and what of its rows belongs into it no more. */
let coming: IdsByList = new Map();
let left: IdsByList = new Map();
let gone: ReadonlyMap<string, Gone> = new Map();
const subscribers = new Set<() => void>();
const listeners = new Set<Listener>();
const wanted = new Map<string, number>();
/** Lists whose rows stay where they are: what is new waits for a word of the reader. By the hash of their keys. */
const calm = new Map<string, { shown: number; judge: Judge }>();
let onWanted: () => void = () => {};

/** Most records remembered as new to one list; beyond, it is "many". */
export const MOST_FRESH = 100;
const NONE: ReadonlySet<string> = new Set();

function changed(): void {
  for (const subscriber of subscribers) subscriber();
}

function withIds(lists: IdsByList, list: string, ids: Iterable<string>, most: number): IdsByList {
  const next = new Set(lists.get(list));
  for (const id of ids) if (next.size < most) next.add(id);
  return new Map(lists).set(list, next);
}

/** The same map where none of these ids is in it. */
function withoutIds(lists: IdsByList, list: string, ids: ReadonlySet<string>): IdsByList {
  const known = lists.get(list);
  if (!known || ![...ids].some((id) => known.has(id))) return lists;
  const next = new Map(lists);
  const rest = new Set([...known].filter((id) => !ids.has(id)));
  if (rest.size > 0) next.set(list, rest);
  else next.delete(list);
  return next;
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
  /** Records came into a list by what others did: they wait to be shown. */
  addComing(list: string, ids: Iterable<string>): void {
    coming = withIds(coming, list, ids, MOST_FRESH);
    changed();
  },
  /** Rows of a list belong into it no more: they say so, and go when it is read again. */
  addLeft(list: string, ids: Iterable<string>): void {
    left = withIds(left, list, ids, Number.POSITIVE_INFINITY);
    changed();
  },
  /** A record is not coming into a list any more, or belongs into it again. */
  takeBack(list: string, ids: ReadonlySet<string>): void {
    const before = [coming, left];
    coming = withoutIds(coming, list, ids);
    left = withoutIds(left, list, ids);
    if (before[0] !== coming || before[1] !== left) changed();
  },
  /** What waits to be shown in a list, and what of its rows has left it, as it is now. */
  newsOf: (list: string): ReadonlySet<string> => new Set([...(coming.get(list) ?? NONE), ...(left.get(list) ?? NONE)]),
  addGone(id: string, how: Gone): void {
    gone = new Map(gone).set(id, how);
    changed();
  },
  /** A record that came into lists is gone before it was shown. */
  forget(id: string): void {
    for (const list of [...coming.keys()]) liveStore.takeBack(list, new Set([id]));
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
  /** What a calm list says of a record that may belong into it. */
  judge: (key: string, values: FieldValues): boolean | null => calm.get(key)?.judge(values) ?? null,
  /** Objects somebody listens to, besides those that are shown. */
  wanted: (): string[] => [...wanted.keys()],
  whenWanted(handler: () => void): void {
    onWanted = handler;
  },
};

export function useLiveState(): LiveState {
  return useSyncExternalStore(subscribe, liveStore.state);
}

/** Records that came into a list by what others did since it was read. */
export function useComing(list: string): ReadonlySet<string> {
  return useSyncExternalStore(subscribe, () => coming.get(list) ?? NONE);
}

/** Rows of a list that belong into it no more. */
export function useLeft(list: string): ReadonlySet<string> {
  return useSyncExternalStore(subscribe, () => left.get(list) ?? NONE);
}

/** Whether a record was just deleted by somebody, or taken out of sight; its row fades before it goes. */
export function useGone(id: string): Gone | null {
  return useSyncExternalStore(subscribe, () => gone.get(id) ?? null);
}

function count(map: Map<string, number>, key: string, by: 1 | -1): void {
  const next = (map.get(key) ?? 0) + by;
  if (next > 0) map.set(key, next);
  else map.delete(key);
}

/** Keeps the rows of the list with this key where they are while it is on the screen. */
export function useCalmList(key: string, judge: Judge): void {
  const latest = useRef(judge);
  useEffect(() => {
    latest.current = judge;
  }, [judge]);
  useEffect(() => {
    const known = calm.get(key);
    calm.set(key, { shown: (known?.shown ?? 0) + 1, judge: (values) => latest.current(values) });
    return () => {
      const shown = (calm.get(key)?.shown ?? 1) - 1;
      const still = calm.get(key);
      if (still && shown > 0) {
        calm.set(key, { ...still, shown });
        return;
      }
      calm.delete(key);
      // Whoever comes back to it reads it as it is then.
      liveStore.takeBack(key, liveStore.newsOf(key));
    };
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
