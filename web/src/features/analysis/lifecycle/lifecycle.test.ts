import { describe, expect, it } from "vitest";
import { funnelOf, type MoveCount } from "../funnel";
import { lossRate } from "./lifecycle-tiles";
import { countOf, directionFilter, directionOf, withBeginnings } from "./stages";
import { agedFilter } from "./standing-card";

const stages = { open: ["acquire", "convert", "retain"], ended: ["lost"] };
const moves: MoveCount[] = [
  { from: "acquire", to: "convert", count: 5 },
  { from: "convert", to: "acquire", count: 1 },
  { from: "convert", to: "lost", count: 2 },
  { from: "lost", to: "acquire", count: 1 },
];

describe("moves between lifecycle stages", () => {
  it("go on, back, away and come again", () => {
    expect(directionOf(stages, "acquire", "retain")).toBe("forward");
    expect(directionOf(stages, "retain", "convert")).toBe("back");
    expect(directionOf(stages, "retain", "lost")).toBe("lost");
    expect(directionOf(stages, "lost", "convert")).toBe("regained");
    expect(directionOf(stages, "acquire", "acquire")).toBeNull();
    expect(["forward", "back", "lost", "regained"].map((it) => countOf(stages, moves, it as "lost"))).toEqual([
      5, 1, 2, 1,
    ]);
  });

  it("are found by a condition for each direction", () => {
    expect(directionFilter(stages, "back")).toBe(
      '(from_stage == "convert" && to_stage in ["acquire"]) || (from_stage == "retain" && to_stage in ["acquire", "convert"])',
    );
    expect(directionFilter({ open: ["acquire"], ended: [] }, "lost")).toBe("false");
  });
});

describe("customers entered in a stretch of time", () => {
  it("began where their moves and their present stages say", () => {
    // Ten began as acquired and one as retained: 5 went on, 1 came back, 2 of them were lost, 1 of those came again.
    const standing = new Map([
      ["acquire", 7],
      ["convert", 2],
      ["retain", 1],
      ["lost", 1],
    ]);
    const all = withBeginnings(stages, standing, moves);
    expect(all.filter((move) => move.from === null)).toEqual([
      { from: null, to: "acquire", count: 10 },
      { from: null, to: "retain", count: 1 },
    ]);
    const steps = funnelOf({ open: stages.open, won: [], lost: stages.ended }, all);
    // Who went back counts as not having gone on; who began later has passed the stages before.
    expect(steps.map((step) => [step.stage, step.reached, step.lost])).toEqual([
      ["acquire", 11, 0],
      ["convert", 5, 2],
      ["retain", 1, 0],
    ]);
  });
});

describe("figures of the lifecycle", () => {
  it("tell losses of all that could be lost", () => {
    expect(lossRate(90, 10)).toBe(0.1);
    expect(lossRate(0, 0)).toBeNull();
  });

  it("part customers by the days in their stage without gap or overlap", () => {
    expect(agedFilter("fresh", "2026-11-30")).toBe('lifecycle_since >= date("2026-10-31")');
    expect(agedFilter("month", "2026-11-30")).toBe(
      'lifecycle_since < date("2026-10-31") && lifecycle_since >= date("2026-09-01")',
    );
    expect(agedFilter("year", "2026-11-30")).toBe('lifecycle_since < date("2025-11-30")');
  });
});
