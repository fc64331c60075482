import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type BusyQuery, readBusy } from "@/api/calendar";
import { queryKeys } from "@/api/query-keys";
import type { BusySchedule } from "@/api/types";
import { addDays, type Day, instantAt } from "./days";
import { type CalendarEvent, placeOf } from "./events";
import type { Colleague } from "./use-calendar-view";

/** How somebody is taken. */
export type BusyKind = BusySchedule["busy"][number]["kind"];

/** The times of colleagues that the viewer may not see into: that they are taken, nothing else. */
export function coveredEvents(schedules: BusySchedule[], timeZone: string): CalendarEvent[] {
  return schedules.flatMap((schedule) =>
    schedule.busy
      .filter((time) => time.activity === undefined)
      .map((time) => {
        const place = placeOf(time.start, time.end, timeZone);
        const whole = place.startMinute === 0 && place.endMinute === 1440;
        return {
          ...place,
          allDay: whole,
          id: `busy:${schedule.of.id}:${time.start}:${time.kind}`,
          record: { id: "" } as CalendarEvent["record"],
          colorKey: null,
          covered: { who: schedule.of.label ?? "", kind: time.kind },
        };
      }),
  );
}

/** Whom and which rooms to ask about, of those laid beside one's own calendar. */
export function besides(chosen: Colleague[]): { members: string[]; resources: string[] } {
  const of = (room: boolean) => chosen.filter((one) => Boolean(one.room) === room).map((one) => one.id);
  return { members: of(false), resources: of(true) };
}

/** When members, or rooms, are taken on the days shown by what the viewer may not see. */
export function useBusy(
  whose: Pick<BusyQuery, "members" | "resources">,
  days: Day[],
  timeZone: string,
): CalendarEvent[] {
  const from = instantAt(days[0] ?? "", 0, timeZone);
  const until = instantAt(addDays(days.at(-1) ?? "", 1), 0, timeZone);
  const query = { ...whose, from, until };
  const asked = (whose.members?.length ?? 0) + (whose.resources?.length ?? 0) > 0;
  const busy = useQuery({
    queryKey: queryKeys.busy(query),
    queryFn: ({ signal }) => readBusy(query, signal),
    enabled: asked,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    // Of times that may not be seen into nothing is told: they are asked for.
    refetchInterval: 60_000,
    meta: { live: true, liveAlso: ["absence"] },
  });
  const taken = asked ? busy.data : undefined;
  return useMemo(
    () => (taken ? coveredEvents([...taken.members, ...taken.resources], timeZone) : []),
    [taken, timeZone],
  );
}
