import { describe, expect, it } from "vitest";
import type { FieldMeta, ObjectMeta, RecordData } from "@/api/types";
import { addDays, dayRange, daysBetween, instantAt, monthWeeks, startOfWeek, wallOf } from "./days";
import {
  calendarShape,
  movedValues,
  newValues,
  notCancelled,
  rangeCondition,
  readEvent,
  resizedValues,
} from "./events";
import { hiddenOn, layoutBars, layoutDay } from "./layout";

const SHANGHAI = "Asia/Shanghai";
const NEW_YORK = "America/New_York";

function shapeOf(type: "date" | "datetime", withEnd = true) {
  const names = ["start_at", "end_at"];
  const fields = [
    ...names.map((name) => ({ name, type }) as FieldMeta),
    { name: "all_day", type: "boolean" } as FieldMeta,
    { name: "kind", type: "select" } as FieldMeta,
  ];
  const calendar = { start: "start_at", end: withEnd ? "end_at" : null, title: "subject", color_by: "kind" };
  const shape = calendarShape({ fields, views: { calendar } } as unknown as ObjectMeta);
  if (!shape) throw new Error("shape");
  return shape;
}

const timed = shapeOf("datetime");
const dated = shapeOf("date");

function record(id: string, start_at: string, end_at: string | null = null, more = {}): RecordData {
  return { id, version: 1, start_at, end_at, ...more } as unknown as RecordData;
}

function event(id: string, start: string, end: string | null = null, zone = SHANGHAI, more = {}) {
  const found = readEvent(record(id, start, end, more), timed, zone);
  if (!found) throw new Error("event");
  return found;
}

describe("days", () => {
  it("counts over months, years and clock changes", () => {
    expect(addDays("2026-02-28", 1)).toBe("2026-03-01");
    expect(addDays("2026-01-01", -1)).toBe("2025-12-31");
    expect(daysBetween("2026-03-01", "2026-03-31")).toBe(30);
    expect(startOfWeek("2026-11-22")).toBe("2026-11-16");
    expect(startOfWeek("2026-11-16")).toBe("2026-11-16");
  });

  it("shows a month in whole weeks", () => {
    const weeks = monthWeeks("2026-02-14");
    expect(weeks).toHaveLength(5);
    expect(weeks[0]?.[0]).toBe("2026-01-26");
    expect(weeks.at(-1)?.at(-1)).toBe("2026-03-01");
    expect(monthWeeks("2021-02-10")).toHaveLength(4);
    expect(monthWeeks("2026-12-31").at(-1)?.[0]).toBe("2026-12-28");
  });

  it("goes from instant to wall and back, also where the clock changes", () => {
    expect(wallOf("2026-11-22T16:30:00Z", SHANGHAI)).toEqual({ day: "2026-11-23", minute: 30 });
    expect(instantAt("2026-11-23", 30, SHANGHAI)).toBe("2026-11-22T16:30:00Z");
    expect(instantAt("2026-11-23", -30, SHANGHAI)).toBe("2026-11-22T15:30:00Z");
    // 2026-03-08 02:00 does not exist in New York, 2026-11-01 01:30 exists twice.
    expect(instantAt("2026-03-08", 90, NEW_YORK)).toBe("2026-03-08T06:30:00Z");
    expect(instantAt("2026-03-08", 180, NEW_YORK)).toBe("2026-03-08T07:00:00Z");
    expect(wallOf(instantAt("2026-11-01", 90, NEW_YORK), NEW_YORK)).toEqual({ day: "2026-11-01", minute: 90 });
  });
});

describe("reading a record", () => {
  it("places it in the viewer's zone and gives a start alone an hour", () => {
    expect(event("a", "2026-11-22T01:00:00Z")).toMatchObject({
      start: "2026-11-22",
      end: "2026-11-22",
      startMinute: 540,
      endMinute: 600,
      allDay: false,
    });
    expect(event("a", "2026-11-22T01:00:00Z", null, NEW_YORK)).toMatchObject({
      start: "2026-11-21",
      startMinute: 1200,
    });
  });

  it("ends on the day before where it ends at midnight", () => {
    expect(event("a", "2026-11-22T12:00:00Z", "2026-11-22T16:00:00Z")).toMatchObject({
      end: "2026-11-22",
      endMinute: 1440,
    });
  });

  it("draws an event that the clock set back makes end before it began", () => {
    const odd = event("a", "2026-11-01T05:45:00Z", "2026-11-01T06:15:00Z", NEW_YORK);
    expect(odd).toMatchObject({ start: "2026-11-01", startMinute: 105, end: "2026-11-01", endMinute: 120 });
  });

  it("knows all-day records and dates without a time", () => {
    const whole = event("a", "2026-11-21T16:00:00Z", "2026-11-23T16:00:00Z", SHANGHAI, { all_day: true });
    expect(whole).toMatchObject({ start: "2026-11-22", end: "2026-11-23", allDay: true });
    expect(readEvent(record("d", "2026-11-22"), dated, NEW_YORK)).toMatchObject({ start: "2026-11-22", allDay: true });
    expect(readEvent(record("d", ""), dated, SHANGHAI)).toBeNull();
  });
});

describe("layout", () => {
  it("puts overlapping events side by side and lets later ones have the whole width", () => {
    const day = [
      event("a", "2026-11-22T01:00:00Z", "2026-11-22T03:00:00Z"),
      event("b", "2026-11-22T01:30:00Z", "2026-11-22T02:00:00Z"),
      event("c", "2026-11-22T02:00:00Z", "2026-11-22T02:30:00Z"),
      event("d", "2026-11-22T03:00:00Z", "2026-11-22T04:00:00Z"),
    ];
    const found = Object.fromEntries(layoutDay(day, "2026-11-22").map((it) => [it.event.id, [it.lane, it.lanes]]));
    expect(found).toEqual({ a: [0, 2], b: [1, 2], c: [1, 2], d: [0, 1] });
  });

  it("never lets two segments of one lane overlap", () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % below;
    };
    for (let round = 0; round < 40; round += 1) {
      const events = Array.from({ length: 14 }, (_, index) => {
        const start = Date.parse("2026-11-21T20:00:00Z") + random(1_440) * 60_000;
        const end = start + (15 + random(240)) * 60_000;
        return event(`e${index}`, new Date(start).toISOString(), new Date(end).toISOString());
      });
      const segments = layoutDay(events, "2026-11-22");
      for (const one of segments) {
        expect(one.lane).toBeLessThan(one.lanes);
        for (const other of segments) {
          if (one === other || one.lane !== other.lane) continue;
          expect(one.to <= other.from || other.to <= one.from).toBe(true);
        }
      }
    }
  });

  it("cuts an event at midnight", () => {
    const night = event("n", "2026-11-22T14:00:00Z", "2026-11-22T18:00:00Z");
    expect(layoutDay([night], "2026-11-22")[0]).toMatchObject({ from: 1320, to: 1440, continues: true });
    expect(layoutDay([night], "2026-11-23")[0]).toMatchObject({ from: 0, to: 120, continued: true });
    expect(layoutDay([night], "2026-11-24")).toEqual([]);
  });

  it("lays bars over days in the first free row", () => {
    const week = dayRange("2026-11-16", 7);
    const bar = (id: string, start: string, end: string) => readEvent(record(id, start, end), dated, SHANGHAI);
    const events = [
      bar("long", "2026-11-10", "2026-11-18"),
      bar("late", "2026-11-19", "2026-11-30"),
      bar("mid", "2026-11-17", "2026-11-19"),
    ].filter((found) => found !== null);
    const bars = layoutBars(events, week);
    expect(
      bars.map(({ event: { id }, first, last, row, continued, continues }) => [
        id,
        first,
        last,
        row,
        continued,
        continues,
      ]),
    ).toEqual([
      ["long", 0, 2, 0, true, false],
      ["mid", 1, 3, 1, false, false],
      ["late", 3, 6, 0, false, true],
    ]);
    expect(hiddenOn(bars, 1, 1)).toBe(1);
    expect(hiddenOn(bars, 5, 1)).toBe(0);
  });
});

describe("moving", () => {
  it("keeps the time on the wall over a clock change, and the length", () => {
    const call = event("a", "2026-03-07T14:00:00Z", "2026-03-07T15:00:00Z", NEW_YORK);
    expect(movedValues(call, timed, { days: 1, minutes: 0 }, NEW_YORK)).toEqual({
      start_at: "2026-03-08T13:00:00Z",
      end_at: "2026-03-08T14:00:00Z",
    });
    expect(movedValues(call, timed, { days: 0, minutes: 45 }, NEW_YORK).start_at).toBe("2026-03-07T14:45:00Z");
  });

  it("moves dates by days and leaves an absent end absent", () => {
    const due = readEvent(record("d", "2026-11-30"), dated, SHANGHAI);
    expect(due && movedValues(due, dated, { days: 1, minutes: 300 }, SHANGHAI)).toEqual({ start_at: "2026-12-01" });
  });

  it("resizes, but never to before the start", () => {
    const visit = event("a", "2026-11-22T01:00:00Z", "2026-11-22T02:00:00Z");
    expect(resizedValues(visit, timed, { day: "2026-11-22", minute: 690 }, SHANGHAI)).toEqual({
      end_at: "2026-11-22T03:30:00Z",
    });
    expect(resizedValues(visit, timed, { day: "2026-11-22", minute: 100 }, SHANGHAI)).toEqual({
      end_at: "2026-11-22T01:15:00Z",
    });
    expect(resizedValues(visit, timed, { day: "2026-11-23", minute: 60 }, SHANGHAI)).toEqual({
      end_at: "2026-11-22T17:00:00Z",
    });
  });

  it("starts a new record where the click was", () => {
    expect(newValues(timed, "2026-11-22", 600, SHANGHAI)).toEqual({
      start_at: "2026-11-22T02:00:00Z",
      end_at: "2026-11-22T03:00:00Z",
    });
    expect(newValues(shapeOf("date", false), "2026-11-22", null, SHANGHAI)).toEqual({ start_at: "2026-11-22" });
  });

  it("asks for what touches the days shown", () => {
    expect(rangeCondition(timed, "2026-11-16", "2026-11-23", SHANGHAI)).toBe(
      'start_at < datetime("2026-11-22T16:00:00Z") && (start_at >= datetime("2026-11-15T16:00:00Z") || end_at >= datetime("2026-11-15T16:00:00Z"))',
    );
    expect(rangeCondition(shapeOf("date", false), "2026-11-01", "2026-12-01", SHANGHAI)).toBe(
      'start_at >= date("2026-11-01") && start_at < date("2026-12-01")',
    );
  });
});

describe("bookings", () => {
  const option = (value: string, closed: boolean, won = false) => ({ value, closed, won });
  const status = { name: "status", type: "select", options: [option("open", false), option("done", true, true)] };
  const of = (fields: object[]) =>
    notCancelled({ fields, views: { board: { group_by: "status" } } } as unknown as ObjectMeta);

  it("leave out what was called off, by the states of the object itself", () => {
    const off = { ...status, options: [...status.options, option("cancelled", true), option("missed", true)] };
    expect(of([off])).toBe("!(status in ['cancelled', 'missed'])");
  });

  it("are all there where nothing can be called off", () => {
    expect([of([status]), of([])]).toEqual(["", ""]);
    expect(notCancelled({ fields: [], views: { board: null } } as unknown as ObjectMeta)).toBe("");
  });
});
