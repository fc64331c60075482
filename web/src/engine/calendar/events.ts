import type { CalendarMeta, FieldMeta, FieldValue, FieldValues, ObjectMeta, RecordData } from "@/api/types";
import { asText } from "@/fields/values";
import { findField, readPath } from "../meta";
import { addDays, DAY_MINUTES, type Day, daysBetween, instantAt, wallOf } from "./days";

/** Length drawn for a record that has a start and no end. */
const LENGTH_MINUTES = 60;
const SHORTEST_MINUTES = 15;

/** A record where it stands in the calendar of the viewer's zone. */
export interface CalendarEvent {
  id: string;
  record: RecordData;
  start: Day;
  /** The last day it touches. */
  end: Day;
  allDay: boolean;
  /** Minutes on the wall; 0 and 1440 for all-day events. The end may be 1440, never 0. */
  startMinute: number;
  endMinute: number;
  /** The value of the colouring field. */
  colorKey: string | null;
  /** Somebody's time the viewer may not see into: whose, and how he is taken. There is no record then. */
  covered?: { who: string; kind: "busy" | "tentative" | "away" };
}

export interface CalendarShape {
  calendar: CalendarMeta;
  startField: FieldMeta;
  endField: FieldMeta | null;
  colorField: FieldMeta | null;
  /** A yes/no field by this name makes a timed record an all-day one. */
  allDayField: FieldMeta | null;
  timed: boolean;
}

export function calendarShape(object: ObjectMeta): CalendarShape | null {
  const calendar = object.views.calendar;
  const startField = calendar ? findField(object, calendar.start) : null;
  if (!calendar || !startField) return null;
  const allDay = findField(object, "all_day");
  return {
    calendar,
    startField,
    endField: calendar.end ? findField(object, calendar.end) : null,
    colorField: calendar.color_by ? findField(object, calendar.color_by) : null,
    allDayField: allDay?.type === "boolean" ? allDay : null,
    timed: startField.type === "datetime",
  };
}

/** That a record has not come to nothing: what was called off takes no time any more. Empty where nothing says so. */
export function notCancelled(object: ObjectMeta): string {
  const state = findField(object, object.views.board?.group_by ?? "");
  const off =
    state?.options?.filter((option) => option.closed && !option.won).map((option) => `'${option.value}'`) ?? [];
  return state && off.length > 0 ? `!(${state.name} in [${off.join(", ")}])` : "";
}

export function readEvent(record: RecordData, shape: CalendarShape, timeZone: string): CalendarEvent | null {
  const startText = asText(record[shape.calendar.start]);
  if (startText === "") return null;
  const endText = shape.calendar.end ? asText(record[shape.calendar.end]) : "";
  const color = shape.calendar.color_by
    ? asText(readPath(record, shape.calendar.color_by) as FieldValue | undefined)
    : "";
  const common = { id: record.id, record, colorKey: color === "" ? null : color };
  if (!shape.timed) {
    const end = endText >= startText ? endText.slice(0, 10) : startText;
    return { ...common, start: startText, end, allDay: true, startMinute: 0, endMinute: DAY_MINUTES };
  }
  const place = placeOf(startText, endText, timeZone);
  if (shape.allDayField && record[shape.allDayField.name] === true) {
    return { ...common, start: place.start, end: place.end, allDay: true, startMinute: 0, endMinute: DAY_MINUTES };
  }
  return { ...common, ...place, allDay: false };
}

/** Where a span of time stands on the wall of a zone; without an end it lasts an hour. */
export function placeOf(
  startText: string,
  endText: string,
  timeZone: string,
): Pick<CalendarEvent, "start" | "end" | "startMinute" | "endMinute"> {
  const start = wallOf(startText, timeZone);
  const long = endText !== "" && Date.parse(endText) > Date.parse(startText);
  let end = long ? wallOf(endText, timeZone) : { day: start.day, minute: start.minute + LENGTH_MINUTES };
  if (end.minute === 0 && end.day > start.day) end = { day: addDays(end.day, -1), minute: DAY_MINUTES };
  let endMinute = Math.min(end.minute, DAY_MINUTES);
  // When the clock is set back, an event may end "before" it began; it is still drawn, and still clickable.
  if (end.day === start.day && endMinute < start.minute + SHORTEST_MINUTES) {
    endMinute = Math.min(DAY_MINUTES, start.minute + SHORTEST_MINUTES);
  }
  return { start: start.day, end: end.day, startMinute: start.minute, endMinute };
}

const HOUR_MS = 3_600_000;

/** The values of a record moved by whole days and minutes on the wall. Short events keep their length in hours. */
export function movedValues(
  event: CalendarEvent,
  shape: CalendarShape,
  by: { days: number; minutes: number },
  timeZone: string,
): FieldValues {
  const { start: startName, end: endName } = shape.calendar;
  const startText = asText(event.record[startName]);
  const endText = endName ? asText(event.record[endName]) : "";
  const move = (text: string): string => {
    if (!shape.timed) return addDays(text, by.days);
    const wall = wallOf(text, timeZone);
    return instantAt(addDays(wall.day, by.days), wall.minute + by.minutes, timeZone);
  };
  const start = move(startText);
  if (!endName || endText === "") return { [startName]: start };
  const length = Date.parse(endText) - Date.parse(startText);
  const short = shape.timed && !event.allDay && length < 24 * HOUR_MS;
  const end = short ? `${new Date(Date.parse(start) + length).toISOString().slice(0, 19)}Z` : move(endText);
  return { [startName]: start, [endName]: end };
}

/** The end pulled to another minute of its last day, or to another day. */
export function resizedValues(
  event: CalendarEvent,
  shape: CalendarShape,
  end: { day: Day; minute: number },
  timeZone: string,
): FieldValues {
  const name = shape.calendar.end;
  if (!name) return {};
  if (!shape.timed) return { [name]: daysBetween(event.start, end.day) < 0 ? event.start : end.day };
  const earliest = event.startMinute + SHORTEST_MINUTES - daysBetween(event.start, end.day) * DAY_MINUTES;
  return { [name]: instantAt(end.day, Math.max(end.minute, earliest), timeZone) };
}

/** What a click on an empty place starts a new record with. */
export function newValues(
  shape: CalendarShape,
  day: Day,
  minute: number | null,
  timeZone: string,
): Record<string, string> {
  const { start, end, begins_as: begins } = shape.calendar;
  if (!shape.timed) return { ...begins, [start]: day };
  const from = minute ?? 9 * 60;
  const values: Record<string, string> = { ...begins, [start]: instantAt(day, from, timeZone) };
  if (end) values[end] = instantAt(day, from + LENGTH_MINUTES, timeZone);
  return values;
}

/** The records whose time touches the days from `from` up to and without `until`. */
export function rangeCondition(shape: CalendarShape, from: Day, until: Day, timeZone: string): string {
  const { start, end } = shape.calendar;
  const point = (day: Day) => (shape.timed ? `datetime("${instantAt(day, 0, timeZone)}")` : `date("${day}")`);
  if (!end) return `${start} >= ${point(from)} && ${start} < ${point(until)}`;
  return `${start} < ${point(until)} && (${start} >= ${point(from)} || ${end} >= ${point(from)})`;
}
