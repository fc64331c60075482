import { DAY_MINUTES, type Day } from "./days";
import type { CalendarEvent } from "./events";

/** The part of an event that falls on one day, beside others at the same time: lane `lane` of `lanes`. */
export interface Segment {
  event: CalendarEvent;
  from: number;
  to: number;
  lane: number;
  lanes: number;
  /** The event goes on before or after this day. */
  continued: boolean;
  continues: boolean;
}

/** A bar over whole days of one row of days (a week of the month, or the all-day row). */
export interface Bar {
  event: CalendarEvent;
  /** Index of the first and the last day it covers here. */
  first: number;
  last: number;
  row: number;
  continued: boolean;
  continues: boolean;
}

/** Whether an event is drawn as a bar above the hours. */
export function isLong(event: CalendarEvent): boolean {
  return event.allDay || event.start !== event.end;
}

/** Timed events of a day, side by side where they overlap. */
export function layoutDay(events: CalendarEvent[], day: Day): Segment[] {
  const segments = events
    .filter((event) => !event.allDay && event.start <= day && event.end >= day)
    .map(
      (event): Segment => ({
        event,
        from: event.start === day ? event.startMinute : 0,
        to: event.end === day ? event.endMinute : DAY_MINUTES,
        lane: 0,
        lanes: 1,
        continued: event.start < day,
        continues: event.end > day,
      }),
    )
    .sort((a, b) => a.from - b.from || b.to - a.to || (a.event.id < b.event.id ? -1 : 1));
  let cluster: Segment[] = [];
  let laneEnds: number[] = [];
  const close = () => {
    for (const segment of cluster) segment.lanes = laneEnds.length;
    cluster = [];
    laneEnds = [];
  };
  for (const segment of segments) {
    if (laneEnds.length > 0 && laneEnds.every((end) => end <= segment.from)) close();
    const free = laneEnds.findIndex((end) => end <= segment.from);
    segment.lane = free < 0 ? laneEnds.length : free;
    laneEnds[segment.lane] = segment.to;
    cluster.push(segment);
  }
  close();
  return segments;
}

/** Events as bars over a row of days: long ones first, so that they lie straight; each in the first free row. */
export function layoutBars(events: CalendarEvent[], days: Day[]): Bar[] {
  const firstDay = days[0];
  const lastDay = days.at(-1);
  if (firstDay === undefined || lastDay === undefined) return [];
  const bars = events
    .filter((event) => event.start <= lastDay && event.end >= firstDay)
    .map(
      (event): Bar => ({
        event,
        first: event.start <= firstDay ? 0 : days.indexOf(event.start),
        last: event.end >= lastDay ? days.length - 1 : days.indexOf(event.end),
        row: 0,
        continued: event.start < firstDay,
        continues: event.end > lastDay,
      }),
    )
    .sort(
      (a, b) =>
        a.first - b.first ||
        b.last - b.first - (a.last - a.first) ||
        Number(b.event.allDay) - Number(a.event.allDay) ||
        a.event.startMinute - b.event.startMinute ||
        (a.event.id < b.event.id ? -1 : 1),
    );
  const rowEnds: number[] = [];
  for (const bar of bars) {
    const free = rowEnds.findIndex((end) => end < bar.first);
    bar.row = free < 0 ? rowEnds.length : free;
    rowEnds[bar.row] = bar.last;
  }
  return bars;
}

/** How many bars of a day do not fit into `rows` rows. */
export function hiddenOn(bars: Bar[], index: number, rows: number): number {
  return bars.filter((bar) => bar.first <= index && bar.last >= index && bar.row >= rows).length;
}
