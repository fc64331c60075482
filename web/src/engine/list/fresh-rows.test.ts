import { describe, expect, it } from "vitest";
import type { ObjectMeta } from "@/api/types";
import { belongs } from "./fresh-rows";

const object = {
  name: "account",
  fields: [
    { name: "name", type: "text" },
    { name: "level", type: "select" },
    { name: "owner", type: "user" },
  ],
} as unknown as ObjectMeta;
const viewer = { id: "me", department: null, roles: [], timeZone: "Asia/Shanghai" };

describe("whether a record belongs into a list", () => {
  const mine = { name: "甲", level: "a", owner: { id: "me", label: "我" } };

  it("is told by its filter", () => {
    expect(belongs(object, "", mine, viewer)).toBe(true);
    expect(belongs(object, "level == 'a' && owner == me.id", mine, viewer)).toBe(true);
    expect(belongs(object, "level == 'c'", mine, viewer)).toBe(false);
  });

  it("is left to the server where the browser cannot tell", () => {
    expect(belongs(object, "owner.department == me.department", mine, viewer)).toBeNull();
  });
});
