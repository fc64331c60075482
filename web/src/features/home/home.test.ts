import { describe, expect, it } from "vitest";
import type { Meta, ObjectMeta, RecordData } from "@/api/types";
import { defaultScope, greeting, numberTiles, taskFilter, taskGroup, todayFilter } from "./home-model";
import { withTicked } from "./ticked";

const select = (name: string, options: object[]) => ({ name, type: "select", options });
const object = (name: string, fields: object[], create = true) =>
  ({ name, fields, access: { create } }) as unknown as ObjectMeta;
const owner = { name: "owner", type: "user" };
const opportunity = object("opportunity", [
  owner,
  select("stage", [{ value: "new" }, { value: "won", closed: true, won: true }, { value: "lost", closed: true }]),
  { name: "amount", type: "money" },
  { name: "closed_at", type: "datetime" },
]);
const activity = object("activity", [
  owner,
  select("kind", [{ value: "call" }]),
  select("status", [
    { value: "open" },
    { value: "done", closed: true, won: true },
    { value: "cancelled", closed: true },
  ]),
  { name: "due_at", type: "datetime" },
  { name: "done_at", type: "datetime" },
]);
const meta = (objects: ObjectMeta[]) => ({ objects }) as Meta;

describe("the home page", () => {
  it("counts what the caller may see, his own or the team's", () => {
    const mine = numberTiles(meta([opportunity, activity]), "mine");
    expect(mine.map((tile) => tile.key)).toEqual(["open", "won", "calls", "visits"]);
    expect(mine[0]?.filter).toBe('owner == me.id && !(stage in ["won", "lost"])');
    expect(mine[1]?.filter).toBe('owner == me.id && stage in ["won"] && closed_at >= startOfMonth()');
    expect(numberTiles(meta([opportunity]), "team")[0]?.filter).toBe('!(stage in ["won", "lost"])');
    expect(numberTiles(meta([object("lead", [])]), "mine")[0]?.filter).toBe("created_at >= startOfWeek()");
    expect(mine[2]).toMatchObject({
      filter: 'kind == "call" && owner == me.id && status in ["done"] && done_at >= startOfWeek()',
      before:
        'kind == "call" && owner == me.id && status in ["done"] && done_at >= startOfWeek() - days(7) && done_at < startOfWeek()',
    });
    expect(numberTiles(meta([]), "team")).toEqual([]);
  });

  it("spares whoever sells nothing the zeros of selling, and tells him the team's", () => {
    const looking = object("opportunity", opportunity.fields, false);
    const keys = (scope: "mine" | "team") => numberTiles(meta([looking, activity]), scope).map((tile) => tile.key);
    expect(keys("mine")).toEqual(["calls", "visits"]);
    expect(keys("team")).toEqual(["open", "won", "calls", "visits"]);
  });

  it("leads managers to the team, others to themselves", () => {
    expect(defaultScope(["sales"])).toBe("mine");
    expect(defaultScope(["member", "sales_manager"])).toBe("team");
  });

  it("asks for open tasks and for today", () => {
    expect(taskFilter(activity, "mine")).toBe(
      'owner == me.id && !(status in ["done", "cancelled"]) && due_at < startOfDay() + days(8)',
    );
    expect(todayFilter(activity, "start_at", "team")).toBe(
      "start_at >= startOfDay() && start_at < startOfDay() + days(1)",
    );
  });

  it("sorts tasks by how pressing they are", () => {
    const now = Date.parse("2026-11-22T04:00:00Z");
    const dayEnd = Date.parse("2026-11-22T16:00:00Z");
    expect(taskGroup("2026-11-22T03:59:00Z", now, dayEnd)).toBe("overdue");
    expect(taskGroup("2026-11-22T15:59:59Z", now, dayEnd)).toBe("today");
    expect(taskGroup("2026-11-22T16:00:00Z", now, dayEnd)).toBe("later");
  });

  it("greets by the hour", () => {
    expect([4, 5, 11, 12, 17, 18, 23].map(greeting)).toEqual([
      "evening",
      "morning",
      "morning",
      "afternoon",
      "afternoon",
      "evening",
      "evening",
    ]);
  });
});

describe("what was just ticked off", () => {
  const task = (id: string, version: number, status = "open") =>
    ({ id, version, status, due_at: `2026-01-0${id}T08:00:00Z` }) as unknown as RecordData;
  const statuses = (items: RecordData[]) => items.map((item) => `${item.id} ${item.status}`);
  const done = (since: number) => new Map([["2", { record: task("2", 3, "done"), since }]]);

  it("stays so in a list that was read before, and while the server has not answered", () => {
    const before = [task("1", 9), task("2", 3), task("3", 9)];
    const wanted = ["1 open", "2 done", "3 open"];
    expect(statuses(withTicked(before, done(Number.POSITIVE_INFINITY)))).toEqual(wanted);
    expect(statuses(withTicked(before, done(4)))).toEqual(wanted);
  });

  it("stays in its place where the list holds it no more", () => {
    expect(statuses(withTicked([task("1", 9), task("3", 9)], done(4)))).toEqual(["1 open", "2 done", "3 open"]);
  });

  it("is what the list says where that is newer: somebody opened it again", () => {
    expect(statuses(withTicked([task("2", 5)], done(4)))).toEqual(["2 open"]);
  });
});
