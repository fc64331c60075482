import { useEffect, useMemo } from "react";
import type { ObjectMeta } from "@/api/types";
import { allOf } from "../aggregate";
import { useRecordList } from "../records";
import { addDays, type Day } from "./days";
import { type CalendarEvent, type CalendarShape, rangeCondition, readEvent } from "./events";

const PAGE = 500;
/** More than this in one view nobody can read; the rest is left to the list, and said so. */
const MOST = 3_000;

/** The records of the days shown, page after page until all are there. */
export function useCalendarEvents(
  object: ObjectMeta,
  shape: CalendarShape,
  days: Day[],
  conditions: string[],
  timeZone: string,
) {
  const from = days[0] ?? "";
  const until = addDays(days.at(-1) ?? "", 1);
  const { calendar, allDayField } = shape;
  const names = [
    object.title_field,
    calendar.start,
    calendar.end,
    calendar.title,
    calendar.color_by,
    allDayField?.name,
    ...(object.fields.some((field) => field.name === "owner") ? ["owner"] : []),
  ].filter((name) => name !== null && name !== undefined);
  const list = useRecordList(object.name, {
    filter: allOf(rangeCondition(shape, from, until, timeZone), ...conditions),
    sort: calendar.start,
    fields: [...new Set(names)].join(","),
    limit: PAGE,
  });
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage, data } = list;
  const loaded = data?.pages.reduce((sum, page) => sum + page.items.length, 0) ?? 0;
  const truncated = hasNextPage && loaded >= MOST;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError && !truncated) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isFetchNextPageError, truncated, fetchNextPage]);
  const events = useMemo<CalendarEvent[]>(
    () =>
      (data?.pages ?? [])
        .flatMap((page) => page.items)
        .map((record) => readEvent(record, shape, timeZone))
        .filter((event) => event !== null),
    [data, shape, timeZone],
  );
  return {
    events,
    truncated,
    isPending: list.isPending,
    isStale: list.isPlaceholderData && list.isFetching,
    error: data ? null : list.error,
    refetch: list.refetch,
  };
}
