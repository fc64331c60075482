import type { TimelineItem } from "@/api/types";
import { zoneOffsetMinutes } from "@/fields/datetime/zone";

export interface TimelineDay {
  /** `2026-11-22` in the viewer's zone. */
  day: string;
  items: TimelineItem[];
}

/** The day an instant falls on for the viewer. */
export function dayIn(timeZone: string, instant: string): string {
  const at = new Date(instant);
  if (Number.isNaN(at.getTime())) return instant.slice(0, 10);
  return new Date(at.getTime() + zoneOffsetMinutes(at, timeZone) * 60_000).toISOString().slice(0, 10);
}

const PLAIN = new Set(["created", "updated", "deleted", "restored"]);

/**
 * One act often leaves several entries: a deal is won, its stage changes, its fields change. They become one, named by
 * the most telling and with everything that changed.
 */
export function foldChanges(items: TimelineItem[]): TimelineItem[] {
  const folded: TimelineItem[] = [];
  for (const item of items) {
    const same = folded.findIndex(
      (other) =>
        item.kind === "change" &&
        other.kind === "change" &&
        item.change_id !== undefined &&
        other.change_id === item.change_id &&
        other.object === item.object &&
        other.id === item.id,
    );
    const other = folded[same];
    if (!other) {
      folded.push(item);
      continue;
    }
    const telling = PLAIN.has(other.verb ?? "") && !PLAIN.has(item.verb ?? "") ? item : other;
    const changes = (item.changes?.length ?? 0) > (other.changes?.length ?? 0) ? item.changes : other.changes;
    folded[same] = { ...telling, ...(changes ? { changes } : {}) };
  }
  return folded;
}

/** Groups what is in order already; a page that arrives later goes on with the last day. */
export function groupByDay(items: TimelineItem[], timeZone: string): TimelineDay[] {
  const days: TimelineDay[] = [];
  for (const item of items) {
    const day = dayIn(timeZone, item.at);
    const last = days.at(-1);
    if (last?.day === day) last.items.push(item);
    else days.push({ day, items: [item] });
  }
  return days;
}
