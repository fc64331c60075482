import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { readBusy } from "@/api/calendar";
import { queryKeys } from "@/api/query-keys";
import type { BusySchedule } from "@/api/types";
import { addDays, type Day, instantAt } from "./days";
import { type CalendarEvent, placeOf } from "./events";

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

/** When members are taken on the days shown. */
export function useBusy(members: string[], days: Day[], timeZone: string): CalendarEvent[] {
  const from = instantAt(days[0] ?? "", 0, timeZone);
  const until = instantAt(addDays(days.at(-1) ?? "", 1), 0, timeZone);
  const query = { members, from, until };
  const busy = useQuery({
    queryKey: queryKeys.busy(query),
    queryFn: ({ signal }) => readBusy(query, signal),
    enabled: members.length > 0,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
  const schedules = members.length > 0 ? busy.data?.members : undefined;
  return useMemo(() => coveredEvents(schedules ?? [], timeZone), [schedules, timeZone]);
}
