import { describe, expect, it } from "vitest";
import type { RecordData } from "@/api/types";
import { createFormats } from "@/i18n/formats";
import { barOf, valueText } from "./candidates";
import { askedOrder, moved, orderOf, sameOrder, switched, toSave } from "./order";
import { verdictOf } from "./verdict";

const rule = (id: string, position: number, active = true): RecordData =>
  ({ id, version: 3, name: id.toUpperCase(), object: "account", position, active }) as unknown as RecordData;
const RULES = [rule("a", 10), rule("b", 20), rule("c", 30, false)];

describe("the order that is tried out", () => {
  it("begins as it is and is changed without touching what is saved", () => {
    const now = orderOf([...RULES, { ...rule("x", 1), object: "lead" }], "account");
    expect(now.map((one) => one.id)).toEqual(["a", "b", "c"]);
    const tried = switched(moved(now, "b", -1), "c");
    expect(askedOrder(tried)).toEqual(["b", "a", "c"]);
    expect(sameOrder(now, tried)).toBe(false);
    expect(sameOrder(now, moved(moved(now, "a", 1), "a", -1))).toBe(true);
    expect(moved(now, "a", -1)).toBe(now);
  });

  it("is saved with as few changes as it needs", () => {
    const now = orderOf(RULES, "account");
    expect(toSave(now, RULES)).toEqual([]);
    expect(toSave(switched(moved(now, "a", 1), "c"), RULES)).toEqual([
      { id: "b", version: 3, values: { position: 10 } },
      { id: "a", version: 3, values: { position: 20 } },
      { id: "c", version: 3, values: { active: true } },
    ]);
  });
});

describe("an explanation", () => {
  const plain = { fixed: false, in_pool: false, locked: false, changes: true, to: { id: "d", label: "D" } };
  it("says what the next run does by what weighs most", () => {
    expect(verdictOf(plain)).toBe("changes");
    expect(verdictOf({ ...plain, locked: true })).toBe("locked");
    expect(verdictOf({ ...plain, changes: false })).toBe("same");
    expect(verdictOf({ ...plain, to: null })).toBe("undecided");
    expect(verdictOf({ ...plain, to: null, blocked: true })).toBe("blocked");
    expect(verdictOf({ ...plain, to: null, withheld: true })).toBe("withheld");
    expect(verdictOf({ ...plain, fixed: true, in_pool: true })).toBe("fixed");
  });

  it("shows figures and days, and nothing of what is not for the caller", () => {
    const formats = createFormats("zh-CN", "Asia/Shanghai", "CNY");
    expect(valueText("1234567.891", formats)).toBe("1,234,567.89");
    expect(valueText("2026-10-01", formats)).toBe("2026/10/01");
    expect(valueText("2026-11-30T16:30:00Z", formats)).toBe("2026/12/01 00:30");
    expect(valueText(null, formats)).toBe("");
    const of = (value: string | null) => ({ department: { id: "d", label: "" }, value });
    const all = [of("200"), of("50"), of(null)];
    expect([barOf("200", all), barOf("50", all), barOf(null, all), barOf("2026-10-01", all)]).toEqual([1, 0.25, 0, 0]);
  });
});
