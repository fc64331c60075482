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
