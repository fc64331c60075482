import { describe, expect, it } from "vitest";
import type { RecordData } from "@/api/types";
import { type Influence, layoutOf, lineOf, nextByArrow, type Person, personOf, SIZES } from "./chain-layout";

const person = (id: string, reportsTo: string | null = null, influence: Influence = "medium"): Person => ({
  id,
  contact: id,
  name: id,
  role: "user",
  attitude: "neutral",
  influence,
  reportsTo,
  note: "",
});
const chain = [person("boss", null, "high"), person("a", "boss"), person("b", "boss", "low"), person("a1", "a")];
const at = (layout: ReturnType<typeof layoutOf>, id: string) => {
  const node = layout.nodes.find((one) => one.person.id === id);
  if (!node) throw new Error(id);
  return node;
};

describe("a decision chain", () => {
  it("stands in levels, each person above the middle of those who listen to him, none on another", () => {
    const layout = layoutOf(chain, null);
    expect(layout.nodes.map((node) => [node.person.id, node.depth])).toEqual([
      ["boss", 0],
      ["a", 1],
      ["a1", 2],
      ["b", 1],
    ]);
    const [boss, a, b] = [at(layout, "boss"), at(layout, "a"), at(layout, "b")];
    expect(boss.x + boss.width / 2).toBeCloseTo((a.x + b.x + b.width) / 2);
    expect(b.x).toBeGreaterThanOrEqual(a.x + a.width);
    expect(layout.width).toBeGreaterThanOrEqual(b.x + b.width);
    expect(boss.width).toBe(SIZES.high.width);
    expect(lineOf(a, boss, false)).toContain(`V ${a.y}`);
  });

  it("lies in one column on a phone", () => {
    const layout = layoutOf(chain, 340);
    expect(layout.nodes.map((node) => node.x + node.width)).toEqual([340, 340, 340, 340]);
    expect(at(layout, "a1").x).toBeGreaterThan(at(layout, "a").x);
    expect(at(layout, "b").y).toBeGreaterThan(at(layout, "a1").y + at(layout, "a1").height);
    expect(lineOf(at(layout, "a"), at(layout, "boss"), true)).toMatch(/^M .* H 24$/);
  });

  it("shows everybody once, whoever is missing above and whatever circle there is", () => {
    const lost = [person("x", "gone"), person("y", "z"), person("z", "y"), person("self", "self")];
    const layout = layoutOf(lost, null);
    expect(layout.nodes.map((node) => node.person.id).sort()).toEqual(["self", "x", "y", "z"]);
    expect(layoutOf([], null)).toEqual({ nodes: [], width: 0, height: 0 });
  });

  it("is walked with the arrows", () => {
    const layout = layoutOf(chain, null);
    expect(nextByArrow(layout, "boss", "ArrowDown")).toBe("a");
    expect(nextByArrow(layout, "a", "ArrowRight")).toBe("b");
    expect(nextByArrow(layout, "b", "ArrowLeft")).toBe("a");
    expect(nextByArrow(layout, "a1", "ArrowUp")).toBe("a");
    expect([nextByArrow(layout, "boss", "ArrowUp"), nextByArrow(layout, "b", "Enter")]).toEqual([null, null]);
  });

  it("is read from records of whatever shape", () => {
    const read = personOf({ id: "1", version: 1, contact: { id: "c", label: null }, influence: "?" } as RecordData);
    expect(read).toMatchObject({ contact: "c", name: null, influence: "medium", reportsTo: null, role: "" });
  });
});
