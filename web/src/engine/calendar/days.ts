import dayjs from "dayjs";
import { fromWallTime, toWallTime } from "@/fields/datetime/zone";

/** A calendar day without a zone: `2026-11-22`. */
export type Day = string;

export const DAY_MINUTES = 1440;

export function addDays(day: Day, count: number): Day {
  const at = new Date(`${day}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + count);
  return at.toISOString().slice(0, 10);
}

export function addMonths(day: Day, count: number): Day {
  return dayjs(day).add(count, "month").format("YYYY-MM-DD");
}

/** Whole days from one to the other; negative when the second is earlier. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}

/** The Monday of the week. */
export function startOfWeek(day: Day): Day {
  const weekday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
  return addDays(day, -weekday);
}

export function isDay(text: string | undefined): text is Day {
  return text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));
}

export function dayRange(from: Day, count: number): Day[] {
  return Array.from({ length: count }, (_, index) => addDays(from, index));
}

/** The whole weeks that show a month. */
export function monthWeeks(day: Day): Day[][] {
  const first = `${day.slice(0, 7)}-01`;
  const weeks: Day[][] = [];
  for (let monday = startOfWeek(first); monday.slice(0, 7) <= day.slice(0, 7); monday = addDays(monday, 7)) {
    weeks.push(dayRange(monday, 7));
  }
  return weeks;
}

/** The day and the minute on the wall of `timeZone` at an instant. */
export function wallOf(instant: string, timeZone: string): { day: Day; minute: number } {
  const wall = toWallTime(instant, timeZone);
  return { day: wall.format("YYYY-MM-DD"), minute: wall.hour() * 60 + wall.minute() };
}

/** The instant at which the wall of `timeZone` shows this; minutes may run over the day's ends. */
export function instantAt(day: Day, minute: number, timeZone: string): string {
  const over = Math.floor(minute / DAY_MINUTES);
  const rest = minute - over * DAY_MINUTES;
  const clock = `${String(Math.floor(rest / 60)).padStart(2, "0")}:${String(rest % 60).padStart(2, "0")}`;
  return fromWallTime(dayjs(`${addDays(day, over)}T${clock}:00`), timeZone);
}

export function clockText(minute: number): string {
  const within = ((minute % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES;
  return `${String(Math.floor(within / 60)).padStart(2, "0")}:${String(within % 60).padStart(2, "0")}`;
}
