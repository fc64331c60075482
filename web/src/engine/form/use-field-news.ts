import { useCallback, useState } from "react";
import type { ChangeEvent, FieldValue } from "@/api/types";
import { useLiveEvents } from "@/realtime/store";
import { useMe } from "../session";

/** What somebody else made of a field while a form is open. */
export interface FieldNews {
  by: string | null;
  value: FieldValue;
}

/** Fields of a record that others changed since the form was opened; the last change of each. */
export function useFieldNews(object: string, id: string | null): ReadonlyMap<string, FieldNews> {
  const me = useMe();
  const [news, setNews] = useState<ReadonlyMap<string, FieldNews>>(new Map());
  const hear = useCallback(
    (event: ChangeEvent) => {
      if (event.id !== id || event.actor.id === me.user.id || event.changes.length === 0) return;
      setNews((before) => {
        const next = new Map(before);
        for (const change of event.changes) next.set(change.field, { by: event.actor.label, value: change.new });
        return next;
      });
    },
    [id, me.user.id],
  );
  useLiveEvents(object, hear);
  return news;
}
