import { describe, expect, it } from "vitest";
import { arrowsOf, inCircles, type LaneStep, laneAt, layoutLanes, mayWaitFor, NODE, stepByArrow } from "./lanes";

const step = (id: string, lane: string, ...after: string[]): LaneStep => ({ id, name: id, lane, after });
/** The customer project of three roles: sales begins, marketing and service follow, sales ends. */
const project = [
  step("needs", "sales"),
  step("promote", "marketing", "needs"),
  step("support", "service", "needs"),
  step("train", "service", "support"),
  step("close", "sales", "promote", "train"),
];
const at = (layout: ReturnType<typeof layoutLanes>, id: string) => {
  const found = layout.steps.find((one) => one.step.id === id);
  if (!found) throw new Error(id);
  return found;
};

describe("a process drawn in lanes", () => {
  it("has a lane for each role and every step right of what it waits for", () => {
    const layout = layoutLanes(project, ["service", "sales", "unused"]);
    expect(layout.lanes.map(({ name }) => name)).toEqual(["service", "sales", "marketing"]);
    expect(layout.steps.map(({ step: { id }, column }) => [id, column])).toEqual([
      ["needs", 0],
      ["support", 1],
      ["promote", 1],
      ["train", 2],
      ["close", 3],
    ]);
    for (const { step: one, x } of layout.steps) {
      for (const before of one.after) expect(at(layout, before).x + layout.node).toBeLessThan(x);
    }
    expect(layout.width).toBeGreaterThan(at(layout, "close").x + layout.node);
    expect(layout.lanes.reduce((sum, { height }) => sum + height, 0)).toBe(layout.height);
  });

  it("puts what is done at once below each other, none on another", () => {
    const layout = layoutLanes([step("a", "sales"), step("b", "sales"), step("c", "sales", "a", "b")]);
    expect(at(layout, "b").y).toBeGreaterThanOrEqual(at(layout, "a").y + NODE.height);
    expect(layout.lanes[0]?.height).toBeGreaterThan(2 * NODE.height);
    expect(arrowsOf(layout).map(({ key }) => key)).toEqual(["a c", "b c"]);
  });

  it("draws an arrow for every dependency that is there, once", () => {
    const layout = layoutLanes([...project, step("odd", "sales", "odd", "gone", "needs", "needs")]);
    expect(
      arrowsOf(layout)
        .map(({ key }) => key)
        .sort(),
    ).toEqual(["needs odd", "needs promote", "needs support", "promote close", "support train", "train close"].sort());
  });

  it("knows circles, draws them all the same and offers none", () => {
    const round = [step("a", "x", "c"), step("b", "x", "a"), step("c", "y", "b"), step("d", "y", "c")];
    expect(inCircles(round)).toEqual(["a", "b", "c"]);
    expect(layoutLanes(round).steps).toHaveLength(4);
    expect(mayWaitFor(project, "needs", "close")).toBe(false);
    expect(mayWaitFor(project, "needs", "needs")).toBe(false);
    expect(mayWaitFor(project, "promote", "support")).toBe(true);
  });

  it("is walked with the arrows", () => {
    const layout = layoutLanes(project, ["sales", "marketing", "service"]);
    expect(stepByArrow(layout, "needs", "ArrowRight")).toBe("promote");
    expect(stepByArrow(layout, "promote", "ArrowDown")).toBe("support");
    expect(stepByArrow(layout, "support", "ArrowUp")).toBe("promote");
    expect(stepByArrow(layout, "close", "ArrowLeft")).toBe("promote");
    expect([stepByArrow(layout, "close", "ArrowRight"), stepByArrow(layout, "needs", "x")]).toEqual([null, null]);
  });

  it("fits into the room there is, as far as names can be read", () => {
    const wide = layoutLanes(project, [], 2_000);
    expect(wide.node).toBe(NODE.widest);
    const fitted = layoutLanes(project, [], 800);
    expect(fitted.width).toBeLessThanOrEqual(800);
    expect(fitted.node).toBeGreaterThan(NODE.narrowest);
    expect(layoutLanes(project, [], 300).node).toBe(NODE.narrowest);
  });

  it("knows the lane at a height", () => {
    const layout = layoutLanes(project, ["sales", "marketing", "service"]);
    const [sales, marketing] = layout.lanes;
    expect([laneAt(layout, 0), laneAt(layout, marketing?.y ?? 0), laneAt(layout, (sales?.height ?? 0) - 1)]).toEqual([
      "sales",
      "marketing",
      "sales",
    ]);
    expect([laneAt(layout, -1), laneAt(layout, layout.height)]).toEqual([null, null]);
  });

  it("is nothing where there are no steps", () => {
    expect(layoutLanes([])).toMatchObject({ steps: [], lanes: [], height: 0, columns: 0 });
  });
});
