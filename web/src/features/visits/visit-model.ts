import type { RecordData } from "@/api/types";
import type { Viewer } from "@/engine/expression/record-scope";
import type { OutboxItem } from "@/engine/outbox/store";
import { asReference, asReferences, asText } from "@/fields/values";

export const ACTIVITY = "activity";
export const CHECK_IN = "check_in";
export const CHECK_OUT = "check_out";

/** How far a visit is: not begun, under way, over. */
export type VisitStage = "before" | "there" | "after";

export interface VisitState {
  stage: VisitStage;
  /** When it began and ended, sent or not. */
  began: string | null;
  ended: string | null;
  /** What of it is still on this device. */
  waiting: OutboxItem[];
}

/** Where a visit stands, with what this device has not sent yet. What was refused does not count. */
export function visitState(record: RecordData, items: readonly OutboxItem[]): VisitState {
  const waiting = items.filter((item) => item.record === record.id && item.refused === undefined);
  const kept = (action: string) => waiting.find((item) => item.action === action)?.at ?? null;
  const began = asText(record.check_in_at) || kept(CHECK_IN);
  const ended = asText(record.check_out_at) || kept(CHECK_OUT);
  return { stage: ended ? "after" : began ? "there" : "before", began: began || null, ended: ended || null, waiting };
}

/** Whether the caller may say that he is there: it is his visit, or he takes part. The server asks the same. */
export function isThere(record: RecordData, viewer: Viewer): boolean {
  const owner = asReference(record.owner)?.id;
  if (owner !== undefined && viewer.selves?.includes(owner)) return true;
  return asReferences(record.participants).some(({ id }) => id === viewer.id);
}

/** A distance for people: whole metres, from a kilometre on kilometres. */
export function distanceParts(metres: number): { unit: "metres" | "kilometres"; n: string } {
  if (metres < 1000) return { unit: "metres", n: String(metres) };
  const kilometres = metres / 1000;
  return { unit: "kilometres", n: kilometres < 100 ? kilometres.toFixed(1) : String(Math.round(kilometres)) };
}
