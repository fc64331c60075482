import type { FieldValues, WorkloadBoard, WorkloadItem, WorkloadPerson } from "@/api/types";
import { addDays, type Day, daysBetween, instantAt, wallOf } from "@/engine/calendar/days";

/** What is wrong with a day: more planned than there is time for, or hardly any time left. */
export type Strain = "none" | "light" | "full" | "over";

const FULL = 0.85;

export function strainOf(planned: number, capacity: number): Strain {
  if (planned === 0) return "none";
  if (planned > capacity) return "over";
  return planned >= capacity * FULL ? "full" : "light";
}

/** Hours for people: 5.5. */
export function hoursText(minutes: number): string {
  return String(Math.round((minutes / 60) * 10) / 10);
}

export interface Total {
  planned: number;
  capacity: number;
  done: number;
  overdue: number;
  undated: number;
}

export function totalOf(people: WorkloadPerson[]): Total {
  const total: Total = { planned: 0, capacity: 0, done: 0, overdue: 0, undated: 0 };
  for (const person of people) {
    total.done += person.done;
    total.overdue += person.overdue;
    total.undated += person.undated;
    for (const day of person.days) {
      total.planned += day.planned;
      total.capacity += day.capacity;
    }
  }
  return total;
}

/** When an item takes place, where it has a time of day of its own: a task is only due at one. */
export function timeOf(item: Pick<WorkloadItem, "kind" | "start_at">): string {
  return item.kind === "task" ? "" : (item.start_at ?? "");
}

/** The board with each day in the order of the clock; what has no time of day comes last. */
export function inOrder(board: WorkloadBoard): WorkloadBoard {
  const at = (item: WorkloadItem) => timeOf(item) || "~";
  const sorted = (items: WorkloadItem[]) =>
    [...items].sort((left, right) => (at(left) < at(right) ? -1 : at(left) > at(right) ? 1 : 0));
  return {
    ...board,
    people: board.people.map((person) => ({
      ...person,
      days: person.days.map((day) => ({ ...day, items: sorted(day.items) })),
    })),
  };
}

/** Where something lies on the board, or is to lie. */
export interface Place {
  member: { id: string; label: string | null };
  day: Day;
}

/** The values that bring an item from one place to another: its times moved by whole days on the wall, its owner. */
export function movedTo(item: WorkloadItem, from: Place, to: Place, timeZone: string): FieldValues {
  const values: FieldValues = {};
  if (to.member.id !== from.member.id) values.owner = { id: to.member.id, label: to.member.label };
  const days = daysBetween(from.day, to.day);
  if (days !== 0) {
    for (const name of ["start_at", "end_at", "due_at"] as const) {
      const text = item[name];
      if (!text) continue;
      const wall = wallOf(text, timeZone);
      values[name] = instantAt(addDays(wall.day, days), wall.minute, timeZone);
    }
  }
  return values;
}

/** The values that bring it back. */
export function valuesBefore(item: WorkloadItem, from: Place, values: FieldValues): FieldValues {
  return Object.fromEntries(
    Object.keys(values).map((name) => [
      name,
      name === "owner"
        ? { id: from.member.id, label: from.member.label }
        : (item[name as "start_at" | "end_at" | "due_at"] ?? null),
    ]),
  );
}

/** The board as it is once something was moved, before the server has said so. */
export function withMoved(board: WorkloadBoard, item: WorkloadItem, from: Place, to: Place): WorkloadBoard {
  const index = (day: Day) => board.days.findIndex((one) => one.date === day);
  const open = item.status === "open" || item.status === "in_progress";
  const change = (person: WorkloadPerson, day: number, add: boolean): WorkloadPerson => ({
    ...person,
    days: person.days.map((cell, at) => {
      if (at !== day) return cell;
      const items = add ? [...cell.items, item] : cell.items.filter((one) => one.id !== item.id);
      return { ...cell, items, planned: cell.planned + (open ? (add ? item.minutes : -item.minutes) : 0) };
    }),
  });
  return {
    ...board,
    people: board.people.map((person) => {
      let next = person;
      if (person.member.id === from.member.id) next = change(next, index(from.day), false);
      if (person.member.id === to.member.id) next = change(next, index(to.day), true);
      return next;
    }),
  };
}
