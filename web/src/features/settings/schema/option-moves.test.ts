import { describe, expect, it } from "vitest";
import type { OptionDefinition } from "@/api/schema";
import { freeValue, hasMoves, isCutOff, withOption, withoutOption, withValue } from "./option-moves";

const option = (value: string, more: Partial<OptionDefinition> = {}): OptionDefinition => ({
  value,
  label: { "zh-CN": value, en: value },
  ...more,
});

const stages = [
  option("new", { next: ["offer", "lost"], probability: 10 }),
  option("offer", { next: ["new", "won", "lost"] }),
  option("old", { next: ["new"], retired: true }),
  option("won", { next: [], closed: true, won: true }),
  option("lost", { next: ["new", "offer"], closed: true }),
];
const nextOf = (options: OptionDefinition[], value: string) => options.find((it) => it.value === value)?.next;

describe("options that say what they may go on to", () => {
  it("take a new one from every open state, and from an end that opens again", () => {
    const more = withOption(stages, option("pilot"));
    expect(more.map((it) => it.value)).toEqual(["new", "offer", "old", "pilot", "won", "lost"]);
    expect(nextOf(more, "pilot")).toEqual(["new", "offer", "won", "lost"]);
    expect(nextOf(more, "new")).toEqual(["offer", "lost", "pilot"]);
    expect(nextOf(more, "offer")).toContain("pilot");
    expect(nextOf(more, "lost")).toContain("pilot");
    expect(nextOf(more, "won")).toEqual([]);
    expect(nextOf(more, "old")).toEqual(["new"]);
    expect(isCutOff(more, "pilot")).toBe(false);
  });

  it("are left alone where none does", () => {
    const plain = [option("a"), option("b", { closed: true })];
    expect(hasMoves(plain)).toBe(false);
    expect(withOption(plain, option("c"))).toEqual([option("a"), option("c"), option("b", { closed: true })]);
    expect(withOption([], option("c"))).toEqual([option("c")]);
    expect(isCutOff(plain, "b")).toBe(false);
  });

  it("keep naming one whose value changes, and forget one that goes", () => {
    const renamed = withValue(withOption(stages, option("option_1")), "option_1", "pilot");
    expect(nextOf(renamed, "new")).toEqual(["offer", "lost", "pilot"]);
    expect(renamed.some((it) => it.value === "option_1")).toBe(false);
    expect(withoutOption(renamed, "pilot")).toEqual(stages);
  });

  it("tell one that nothing leads to", () => {
    expect(isCutOff([...stages, option("pilot", { next: ["new"] })], "pilot")).toBe(true);
    expect(isCutOff([option("only")], "only")).toBe(false);
    // A retired one leads nowhere that matters; one without a limit leads everywhere.
    expect(isCutOff([option("a", { retired: true }), option("b", { next: [] }), option("c")], "c")).toBe(true);
    expect(isCutOff([option("a"), option("b", { next: [] }), option("c")], "c")).toBe(false);
  });

  it("get a value from the English name, or a number", () => {
    expect(freeValue(stages, "pilot")).toBe("pilot");
    expect(freeValue(stages, "new")).toBe("new_1");
    expect(freeValue(stages, "")).toBe("option_1");
  });
});
