import { useCallback, useMemo, useRef, useState } from "react";
import type { RecordData } from "@/api/types";

/** What is ticked: some rows by id, or everything the list's filter matches, loaded or not. */
export function useSelection(items: RecordData[]) {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const [everything, setEverything] = useState(false);
  const anchor = useRef<number | null>(null);

  const select = useCallback(
    (row: number, selected: boolean, range: boolean) => {
      const from = range && anchor.current !== null ? anchor.current : row;
      anchor.current = row;
      setEverything(false);
      setIds((current) => {
        const next = new Set(current);
        for (let at = Math.min(from, row); at <= Math.max(from, row); at += 1) {
          const id = items[at]?.id;
          if (id && selected) next.add(id);
          else if (id) next.delete(id);
        }
        return next;
      });
    },
    [items],
  );
  const selectLoaded = useCallback(
    (selected: boolean) => {
      setEverything(false);
      setIds(selected ? new Set(items.map((item) => item.id)) : new Set());
    },
    [items],
  );
  const keep = useCallback(
    (kept: Iterable<string>) => {
      const there = new Set(items.map((item) => item.id));
      setEverything(false);
      setIds(new Set([...kept].filter((id) => there.has(id))));
    },
    [items],
  );
  const clear = useCallback(() => {
    anchor.current = null;
    setEverything(false);
    setIds(new Set());
  }, []);
  return useMemo(
    () => ({
      ids,
      everything,
      any: ids.size > 0,
      all: items.length > 0 && ids.size >= items.length,
      select,
      selectLoaded,
      selectEverything: () => setEverything(true),
      /** Leaves these ticked and no others: what is left to do, as far as it is still in the list. */
      keep,
      clear,
    }),
    [ids, everything, items.length, select, selectLoaded, keep, clear],
  );
}

export type Selection = ReturnType<typeof useSelection>;
