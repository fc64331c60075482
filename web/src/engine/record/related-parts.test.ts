import { describe, expect, it } from "vitest";
import type { RelatedListMeta } from "@/api/types";
import { entriesOf, splitRelated } from "./related-parts";

const list = {
  object: "activity",
  via: "space",
  label: { "zh-CN": "任务与日程", en: "Work" },
  columns: ["subject", "kind"],
  sort: "-start_at",
  tick: null,
  visible_when: null,
} as RelatedListMeta;

describe("a related list", () => {
  it("is one tab, or those it was split into, for that field alone", () => {
    expect(entriesOf(list).map(({ key, part }) => [key, part])).toEqual([["activity.space", null]]);
    splitRelated("activity", "space", [
      {
        name: "tasks",
        label: { "zh-CN": "任务", en: "Tasks" },
        only: 'kind == "task"',
        begin: {},
        as: "list",
        columns: ["subject"],
      },
      {
        name: "calendar",
        label: { "zh-CN": "日历", en: "Calendar" },
        only: 'kind != "task"',
        begin: {},
        as: "calendar",
      },
    ]);
    const entries = entriesOf(list);
    expect(entries.map(({ key }) => key)).toEqual(["activity.space.tasks", "activity.space.calendar"]);
    expect(entries.map((one) => [one.list.label?.en, one.list.columns, one.list.sort])).toEqual([
      ["Tasks", ["subject"], "-start_at"],
      ["Calendar", ["subject", "kind"], "-start_at"],
    ]);
    expect(entriesOf({ ...list, via: "account" })).toHaveLength(1);
  });
});
