import type { FieldMeta, RecordData } from "@/api/types";
import { toWallTime } from "@/fields/datetime/zone";
import { asText } from "@/fields/values";
import type { Viewer } from "../expression/record-scope";
import type { BoardHints } from "./hints";
import { holds } from "./moves";

const DAY_MS = 86_400_000;

export interface CardSigns {
  /** Whole days in the column; null where that is not known. */
  days: number | null;
  /** Days past the limit of time in the column; 0 on its last day, below 0 before. */
  over: number | null;
  stalled: boolean;
  /** Nobody knows what comes next. */
  unplanned: boolean;
}

/** A date or instant as a day on the viewer's wall. */
function dayOf(value: string, timeZone: string): number | null {
  const day = value.length > 10 ? toWallTime(value, timeZone).format("YYYY-MM-DD") : value;
  const at = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(at) ? null : at / DAY_MS;
}

/** How a card stands in its column. */
export function signsOf(
  record: RecordData,
  fields: FieldMeta[],
  hints: BoardHints,
  viewer: Viewer,
  now: Date,
): CardSigns {
  const today = dayOf(now.toISOString(), viewer.timeZone) ?? 0;
  const read = (field: FieldMeta | null) => {
    const text = field ? asText(record[field.name]) : "";
    return text === "" ? null : dayOf(text, viewer.timeZone);
  };
  const fits = (view: { filter: string | null } | null) =>
    holds(view?.filter ?? undefined, fields, record, viewer, false, () => now.getTime());
  const since = read(hints.since);
  const due = read(hints.due);
  return {
    days: since === null ? null : Math.max(0, today - since),
    over: due === null ? null : today - due,
    stalled: fits(hints.stalled),
    unplanned: fits(hints.unplanned),
  };
}
