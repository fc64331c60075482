import { useCallback, useEffect, useLayoutEffect, useRef } from "react";
import { usePreference } from "./session";

export type RecentRecord = { object: string; id: string; label: string };

const KEEP = 12;

/** The records the caller opened last, newest first. */
export function useRecents(): RecentRecord[] {
  return usePreference<RecentRecord[]>("recents", [])[0];
}

/** Notes a visit once the record's title is known; the record page calls it. */
export function useNoteVisit(visit: RecentRecord | null): void {
  const [recents, write] = usePreference<RecentRecord[]>("recents", []);
  const latest = useRef(recents);
  useEffect(() => {
    latest.current = recents;
  }, [recents]);
  const note = useCallback(
    (object: string, id: string, label: string) => {
      const first = latest.current[0];
      if (first?.id === id && first.label === label) return;
      const others = latest.current.filter((recent) => recent.id !== id);
      write([{ object, id, label }, ...others].slice(0, KEEP));
    },
    [write],
  );
  const { object, id, label } = visit ?? { object: "", id: "", label: "" };
  // Before it is seen: whoever leaves at once has been here all the same.
  useLayoutEffect(() => {
    if (id && label) note(object, id, label);
  }, [object, id, label, note]);
}
