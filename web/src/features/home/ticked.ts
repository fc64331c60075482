import { useCallback, useState } from "react";
import type { RecordData } from "@/api/types";
import { asText } from "@/fields/values";

/** A task as it was just set here; a list that knows it in a version below `since` was read before that. */
export interface Ticked {
  record: RecordData;
  since: number;
}

export type TickedTasks = ReadonlyMap<string, Ticked>;

/**
 * The tasks of a list with what was just ticked off in it: a list that was being read meanwhile comes as it was before,
 * and one read afterwards holds them no more. They stay in sight until the list itself is left.
 */
export function withTicked(items: RecordData[], ticked: TickedTasks): RecordData[] {
  const seen = items.map((item) => {
    const known = ticked.get(item.id);
    return known && item.version < known.since ? { ...item, status: known.record.status ?? null } : item;
  });
  const listed = new Set(items.map((item) => item.id));
  const gone = [...ticked.values()].map(({ record }) => record).filter((record) => !listed.has(record.id));
  if (gone.length === 0) return seen;
  const due = (record: RecordData) => Date.parse(asText(record.due_at));
  return [...seen, ...gone].sort((one, other) => due(one) - due(other));
}

export interface TickedKeeper {
  ticked: TickedTasks;
  keep: (record: RecordData, since: number) => void;
  forget: (id: string) => void;
}

export function useTicked(): TickedKeeper {
  const [ticked, setTicked] = useState<TickedTasks>(new Map());
  const keep = useCallback(
    (record: RecordData, since: number) => setTicked((all) => new Map(all).set(record.id, { record, since })),
    [],
  );
  const forget = useCallback((id: string) => {
    setTicked((all) => new Map([...all].filter(([known]) => known !== id)));
  }, []);
  return { ticked, keep, forget };
}
