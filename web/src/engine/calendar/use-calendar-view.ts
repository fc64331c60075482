import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import type { ObjectMeta } from "@/api/types";
import { findField } from "../meta";
import { usePreference } from "../session";
import { addDays, addMonths, type Day, dayRange, isDay, monthWeeks, startOfWeek, wallOf } from "./days";

export const MODES = ["month", "week", "day", "agenda"] as const;
export type Mode = (typeof MODES)[number];

const AGENDA_DAYS = 30;

/** Whose records: the caller's, everybody's in sight, or one person's (by id, with the name to show). */
export type Who = "mine" | "all" | { id: string; label: string };

/** A member, or a room, whose calendar is laid beside one's own. */
export type Colleague = { id: string; label: string; room?: boolean };

/** The field that books rooms, where the object has one. */
export const ROOMS = "resources";

/** Which days are shown and how, and the way to others. */
export interface Period {
  mode: Mode;
  day: Day;
  today: Day;
  days: Day[];
  goTo: (day: Day) => void;
  setMode: (mode: Mode, at?: Day) => void;
}

export function todayIn(timeZone: string): Day {
  return wallOf(new Date().toISOString(), timeZone).day;
}

/** What a phone begins with, where a month or a week of hours is narrow; what was chosen there is kept apart. */
export const PHONE_MODE: Mode = "agenda";

/** The days a mode shows around a day. */
export function daysShown(mode: Mode, day: Day): Day[] {
  if (mode === "month") return monthWeeks(day).flat();
  if (mode === "week") return dayRange(startOfWeek(day), 7);
  if (mode === "day") return [day];
  return dayRange(day, AGENDA_DAYS);
}

/** The same mode, one step earlier or later. */
export function step(mode: Mode, day: Day, by: 1 | -1): Day {
  if (mode === "month") return addMonths(day, by);
  if (mode === "week") return addDays(day, 7 * by);
  if (mode === "day") return addDays(day, by);
  return addDays(day, AGENDA_DAYS * by);
}

/** Which days, how, and whose: day, mode and filter in the URL, the last mode and person in the preferences. */
export function useCalendarView(object: ObjectMeta, timeZone: string, phone: boolean) {
  const navigate = useNavigate();
  const search = useSearch({ from: "/shell/o/$object/calendar" });
  const owned = findField(object, "owner") !== null;
  const [lastMode, setLastMode] = usePreference<string>(
    `calendar.${object.name}.${phone ? "phone_mode" : "mode"}`,
    phone ? PHONE_MODE : "month",
  );
  const [who, setWho] = usePreference<Who>(`calendar.${object.name}.who`, "mine");
  const today = todayIn(timeZone);
  const day = isDay(search.day) ? search.day : today;
  const wanted = search.mode ?? lastMode;
  const mode = MODES.find((candidate) => candidate === wanted) ?? "month";
  const change = useCallback(
    (next: { day?: string | undefined; mode?: string | undefined; filter?: string | undefined }) =>
      void navigate({
        to: "/o/$object/calendar",
        params: { object: object.name },
        search: (current) => ({ ...current, ...next }),
        replace: true,
      }),
    [navigate, object.name],
  );
  const people = object.views.calendar?.people ?? null;
  const [colleagues, setColleagues] = usePreference<Colleague[]>(`calendar.${object.name}.beside`, []);
  const beside = people && who === "mine" ? colleagues : [];
  const books = findField(object, ROOMS) !== null;
  const of = (id: string) => (people ? `(owner == ${id} || ${id} in ${people})` : `owner == ${id}`);
  const others = beside.filter((one) => books || !one.room);
  const besides = others.map((one) => (one.room ? `"${one.id}" in ${ROOMS}` : of(`"${one.id}"`)));
  const mine = [of("me.id"), ...besides].join(" || ");
  const whose = !owned || who === "all" ? "" : who === "mine" ? `(${mine})` : of(`"${who.id}"`);
  return {
    owned,
    who,
    setWho,
    whose,
    /** Whether colleagues can be laid beside one's own calendar. */
    hasPeople: people !== null && who === "mine",
    colleagues: beside,
    setColleagues,
    filter: search.filter ?? "",
    day,
    today,
    mode,
    days: daysShown(mode, day),
    goTo: (next: Day) => change({ day: next === today ? undefined : next }),
    setMode: (next: Mode, at?: Day) => {
      setLastMode(next);
      change({ mode: next, ...(at === undefined ? {} : { day: at === today ? undefined : at }) });
    },
    clearFilter: () => change({ filter: undefined }),
  };
}

export type CalendarView = ReturnType<typeof useCalendarView>;
