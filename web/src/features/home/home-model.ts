import type { FieldMeta, Meta, ObjectMeta } from "@/api/types";
import { allOf } from "@/engine/aggregate";
import { quote } from "@/engine/filter/expression-tree";
import { findField, findObject } from "@/engine/meta";

/** Whose day the page shows: the caller's own, or that of everybody whose records he sees. */
export type Scope = "mine" | "team";

const LEADING_ROLES = ["administrator", "sales_manager", "analyst", "trainer"];

export function defaultScope(roles: string[]): Scope {
  return roles.some((role) => LEADING_ROLES.includes(role)) ? "team" : "mine";
}

function values(
  field: FieldMeta | null,
  keep: (option: NonNullable<FieldMeta["options"]>[number]) => boolean,
): string[] {
  return (field?.options ?? []).filter(keep).map((option) => option.value);
}

const list = (items: string[]) => `[${items.map(quote).join(", ")}]`;

/** Records that are still being worked on, by the end states of their state field. */
export function openCondition(object: ObjectMeta, state: string): string {
  const closed = values(findField(object, state), (option) => option.closed === true);
  return closed.length > 0 ? `!(${state} in ${list(closed)})` : "";
}

export function wonCondition(object: ObjectMeta, state: string): string {
  const won = values(findField(object, state), (option) => option.won === true);
  return won.length > 0 ? `${state} in ${list(won)}` : "false";
}

/** The caller's own records; everybody's in sight for a team, and where records have no owner. */
export function ownCondition(object: ObjectMeta, scope: Scope): string {
  return scope === "mine" && findField(object, "owner") ? "owner == me.id" : "";
}

export interface NumberTile {
  key: "open" | "won" | "leads" | "calls" | "visits";
  object: string;
  /** Also the filter of the list the number links to. */
  filter: string;
  sum: FieldMeta | null;
  /** The same count a week earlier, to measure it by. */
  before: string | null;
}

/** What happened this week, and in the week before. */
function byWeek(path: string, condition: string): { filter: string; before: string } {
  return {
    filter: allOf(condition, `${path} >= startOfWeek()`),
    before: allOf(condition, `${path} >= startOfWeek() - days(7)`, `${path} < startOfWeek()`),
  };
}

/** Whether one's own records of an object are worth a place: only where one may have any. A team's always are. */
export function hasOwn(object: ObjectMeta, scope: Scope): boolean {
  return scope === "team" || object.access.create;
}

/** The numbers that can be told with what the caller sees. */
export function numberTiles(meta: Meta, scope: Scope): NumberTile[] {
  const tiles: NumberTile[] = [];
  const opportunity = findObject(meta, "opportunity");
  if (opportunity && findField(opportunity, "stage") && hasOwn(opportunity, scope)) {
    const own = ownCondition(opportunity, scope);
    const sum = findField(opportunity, "amount");
    tiles.push({
      key: "open",
      object: "opportunity",
      filter: allOf(own, openCondition(opportunity, "stage")),
      sum,
      before: null,
    });
    if (findField(opportunity, "closed_at")) {
      const filter = allOf(own, wonCondition(opportunity, "stage"), "closed_at >= startOfMonth()");
      tiles.push({ key: "won", object: "opportunity", filter, sum, before: null });
    }
  }
  const lead = findObject(meta, "lead");
  if (lead && hasOwn(lead, scope)) {
    tiles.push({ key: "leads", object: "lead", sum: null, ...byWeek("created_at", ownCondition(lead, scope)) });
  }
  const activity = findObject(meta, "activity");
  if (activity && findField(activity, "kind") && findField(activity, "done_at")) {
    const done = allOf(ownCondition(activity, scope), wonCondition(activity, "status"));
    const ofKind = (kind: string) => byWeek("done_at", allOf(`kind == ${quote(kind)}`, done));
    tiles.push({ key: "calls", object: "activity", sum: null, ...ofKind("call") });
    tiles.push({ key: "visits", object: "activity", sum: null, ...ofKind("visit") });
  }
  return tiles;
}

export const DAYS_AHEAD = 7;

/** Open tasks due up to a week from now, those overdue first. */
export function taskFilter(activity: ObjectMeta, scope: Scope): string {
  // What one does together with its owner is one's own to do as well.
  const own = ownCondition(activity, scope);
  const mine = own && findField(activity, "participants") ? `(${own} || me.id in participants)` : own;
  return allOf(mine, openCondition(activity, "status"), `due_at < startOfDay() + days(${DAYS_AHEAD + 1})`);
}

export function todayFilter(activity: ObjectMeta, start: string, scope: Scope): string {
  return allOf(ownCondition(activity, scope), `${start} >= startOfDay()`, `${start} < startOfDay() + days(1)`);
}

export type TaskGroup = "overdue" | "today" | "later";

/** Where a task belongs at this moment; `dayEnd` is the first instant of tomorrow in the viewer's zone. */
export function taskGroup(dueAt: string, now: number, dayEnd: number): TaskGroup {
  const due = Date.parse(dueAt);
  if (due < now) return "overdue";
  return due < dayEnd ? "today" : "later";
}

/** Morning, afternoon, evening by the hour on the viewer's wall. */
export function greeting(hour: number): "morning" | "afternoon" | "evening" {
  if (hour >= 5 && hour < 12) return "morning";
  return hour >= 12 && hour < 18 ? "afternoon" : "evening";
}
