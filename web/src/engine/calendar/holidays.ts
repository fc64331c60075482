import { useMemo } from "react";
import { asText } from "@/fields/values";
import { findObject, useMeta } from "../meta";
import { useRecordList } from "../records";
import type { Day } from "./days";

/** The object that keeps days that are not as the week says. */
export const HOLIDAY = "holiday";
const WORKED = "working_day";

export interface Holiday {
  name: string;
  /** A weekend day that is worked instead. */
  worked: boolean;
}

/** Public holidays and days worked instead, among the days shown. */
export function useHolidays(days: Day[]): Map<Day, Holiday> {
  const known = findObject(useMeta(), HOLIDAY) !== null;
  const list = useRecordList(
    HOLIDAY,
    {
      filter: `date >= date("${days[0]}") && date <= date("${days.at(-1)}")`,
      fields: "name,date,kind",
      sort: "date",
      limit: 400,
    },
    { enabled: known && days.length > 0 },
  );
  return useMemo(() => {
    const items = list.data?.pages.flatMap((page) => page.items) ?? [];
    return new Map(
      items.map((item): [Day, Holiday] => [
        asText(item.date),
        { name: asText(item.name), worked: asText(item.kind) === WORKED },
      ]),
    );
  }, [list.data]);
}
