import { describe, expect, it } from "vitest";
import type { WorkloadBoard, WorkloadItem } from "@/api/types";
import { hoursText, inOrder, movedTo, strainOf, totalOf, valuesBefore, withMoved } from "./workload-model";

const item: WorkloadItem = {
  id: "a",
  title: "发报价",
  kind: "task",
  status: "open",
  minutes: 90,
  own: true,
  version: 3,
  due_at: "2026-11-17T09:00:00Z",
};
const lin = { id: "lin", label: "林" };
const ma = { id: "ma", label: "马" };

function board(): WorkloadBoard {
  const cell = (items: WorkloadItem[]) => ({ capacity: 480, planned: items.length * 90, hidden: 0, away: 0, items });
  const person = (member: typeof lin, items: WorkloadItem[]) => ({
    member,
    skills: [],
    days: [cell(items), cell([])],
    done: 2,
    overdue: 1,
    undated: 0,
    open: {},
  });
  return {
    days: [
      { date: "2026-11-17", working: true },
      { date: "2026-11-18", working: true },
    ],
    people: [person(lin, [item]), person(ma, [])],
    truncated: false,
  };
}

describe("the workload board", () => {
  it("moves an item to another person and day, and back", () => {
    const from = { member: lin, day: "2026-11-17" };
    const to = { member: ma, day: "2026-11-19" };
    const values = movedTo(item, from, to, "Asia/Shanghai");
    expect(values).toEqual({ owner: ma, due_at: "2026-11-19T09:00:00Z" });
    expect(valuesBefore(item, from, values)).toEqual({ owner: lin, due_at: "2026-11-17T09:00:00Z" });
  });

  it("keeps the hour on the wall when the clock is set in between", () => {
    const values = movedTo(
      { ...item, due_at: "2026-03-27T08:00:00Z" },
      { member: lin, day: "2026-03-27" },
      { member: lin, day: "2026-03-30" },
      "Europe/Berlin",
    );
    expect(values).toEqual({ due_at: "2026-03-30T07:00:00Z" });
  });

  it("keeps a day in the order of the clock, tasks without a time of day last", () => {
    const at = (id: string, kind: string, start_at: string): WorkloadItem => ({ ...item, id, kind, start_at });
    const mixed = board();
    const day = mixed.people[0]?.days[0];
    day?.items.splice(
      0,
      1,
      at("late", "call", "2026-11-17T08:30:00Z"),
      at("task", "task", "2026-11-17T01:00:00Z"),
      at("early", "visit", "2026-11-17T03:00:00Z"),
    );
    expect(inOrder(mixed).people[0]?.days[0]?.items.map((one) => one.id)).toEqual(["early", "late", "task"]);
  });

  it("takes the load along", () => {
    const moved = withMoved(board(), item, { member: lin, day: "2026-11-17" }, { member: ma, day: "2026-11-18" });
    expect(moved.people.map((person) => person.days.map((day) => day.planned))).toEqual([
      [0, 0],
      [0, 90],
    ]);
    expect(totalOf(moved.people)).toEqual({ planned: 90, capacity: 4 * 480, done: 4, overdue: 2, undated: 0 });
  });

  it("tells when there is more to do than time", () => {
    expect([strainOf(0, 480), strainOf(200, 480), strainOf(440, 480), strainOf(500, 480), strainOf(30, 0)]).toEqual([
      "none",
      "light",
      "full",
      "over",
      "over",
    ]);
    expect(hoursText(330)).toBe("5.5");
  });
});
