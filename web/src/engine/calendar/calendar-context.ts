import type { ObjectMeta } from "@/api/types";
import type { Day } from "./days";
import type { CalendarEvent, CalendarShape } from "./events";
import type { Holiday } from "./holidays";
import type { EventDrag } from "./use-event-drag";

/** What every part of the calendar needs to draw events and to react to them. */
export interface CalendarContext {
  object: ObjectMeta;
  shape: CalendarShape;
  timeZone: string;
  today: Day;
  /** Null where the caller may not change records. */
  drag: EventDrag | null;
  titleOf: (event: CalendarEvent) => string;
  colorsOf: (event: CalendarEvent) => { background: string; color: string };
  /** The full colour, for a bar beside the text. */
  barColorOf: (event: CalendarEvent) => string;
  moveBy: (event: CalendarEvent, by: { days: number; minutes: number }) => void;
  /** A click on an empty place; null where the caller may not create. */
  create: ((day: Day, minute: number | null) => void) | null;
  holidays: Map<Day, Holiday>;
  showDay: (day: Day) => void;
}

/** Whether a day is not worked: a weekend that is no make-up day, or a holiday. */
export function isOff(context: CalendarContext, day: Day): boolean {
  const holiday = context.holidays.get(day);
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return holiday ? !holiday.worked : weekday === 0 || weekday === 6;
}

/** Whether what is carried would be dropped on a day, or among its hours. */
export function isDropPlace({ drag }: CalendarContext, day: Day, hours: boolean): boolean {
  return drag?.over?.day === day && drag.over.hours === hours;
}
