import { useEffect, useId, useSyncExternalStore } from "react";
import type { LiveMessage } from "@/api/types";

export type PresentMember = Extract<LiveMessage, { type: "present" }>["members"][number];

/** Where somebody is: a record, or without one the board of an object. */
export interface Spot {
  object: string;
  id: string | null;
  field?: string | null;
  typing?: boolean;
}

const NOBODY: readonly PresentMember[] = [];
const spots = new Map<string, Spot>();
let members: ReadonlyMap<string, readonly PresentMember[]> = new Map();
const subscribers = new Set<() => void>();
let onMoved: () => void = () => {};

const keyOf = (spot: Pick<Spot, "object" | "id">) => `${spot.object}/${spot.id ?? ""}`;

function changed(): void {
  for (const subscriber of subscribers) subscriber();
}

function subscribe(subscriber: () => void): () => void {
  subscribers.add(subscriber);
  return () => subscribers.delete(subscriber);
}

/** What the connection writes and reads of presence. */
export const presenceStore = {
  /** Where this window is, each place once: what is edited there counts more than that it is shown. */
  spots(): Spot[] {
    const all = new Map<string, Spot>();
    for (const spot of spots.values()) {
      const known = all.get(keyOf(spot));
      all.set(keyOf(spot), {
        object: spot.object,
        id: spot.id,
        field: known?.field ?? spot.field ?? null,
        typing: Boolean(known?.typing || spot.typing),
      });
    }
    return [...all.values()];
  },
  whenMoved(handler: () => void): void {
    onMoved = handler;
  },
  meet(object: string, id: string | null, others: PresentMember[]): void {
    members = new Map(members).set(keyOf({ object, id }), others);
    changed();
  },
  /** The connection is gone: nobody knows who is there. */
  forget(): void {
    if (members.size === 0) return;
    members = new Map();
    changed();
  },
};

/** Others at a record or a board, without being there oneself. */
export function useOthers(object: string, id: string | null): readonly PresentMember[] {
  const key = keyOf({ object, id });
  return useSyncExternalStore(subscribe, () => members.get(key) ?? NOBODY);
}

/** Is at a record or a board as long as the component is there, editing this field; answers who else is. */
export function usePresence(
  object: string,
  id: string | null,
  { here = true, field = null, typing = false }: { here?: boolean; field?: string | null; typing?: boolean } = {},
): readonly PresentMember[] {
  const own = useId();
  useEffect(() => {
    if (!here) return;
    spots.set(own, { object, id, field, typing });
    onMoved();
    return () => {
      spots.delete(own);
      onMoved();
    };
  }, [own, object, id, here, field, typing]);
  return useOthers(object, id);
}
