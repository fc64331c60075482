import { describe, expect, it } from "vitest";
import type { ChangeEvent, ObjectMeta } from "@/api/types";
import { freshOf } from "./fresh-rows";

const object = {
  name: "account",
  fields: [
    { name: "name", type: "text" },
    { name: "level", type: "select" },
    { name: "owner", type: "user" },
  ],
} as unknown as ObjectMeta;
const viewer = { id: "me", department: null, roles: [], timeZone: "Asia/Shanghai" };

const made = (id: string, values: object) =>
  ({
    id,
    object: "account",
    changes: Object.entries(values).map(([field, value]) => ({ field, old: null, new: value })),
  }) as unknown as ChangeEvent;

describe("rows that others made", () => {
  const fresh = [
    made("a", { name: "甲", level: "a", owner: { id: "me", label: "我" } }),
    made("b", { name: "乙", level: "b", owner: { id: "li", label: "李娜" } }),
  ];

  it("are announced where the filter lets them through", () => {
    expect(freshOf(object, "", [], fresh, viewer)).toBe(2);
    expect(freshOf(object, "level == 'a'", [], fresh, viewer)).toBe(1);
    expect(freshOf(object, "owner == me.id", [], fresh, viewer)).toBe(1);
    expect(freshOf(object, "level == 'c'", [], fresh, viewer)).toBe(0);
  });

  it("are not announced where they are shown already", () => {
    expect(freshOf(object, "", [{ id: "a" }], fresh, viewer)).toBe(1);
  });

  it("are announced where only the server can tell", () => {
    expect(freshOf(object, "owner.department == me.department && created_at > now()", [], fresh, viewer)).toBe(2);
  });
});
