import { describe, expect, it } from "vitest";
import type { QualityRule, TrendPoint } from "@/api/quality";
import type { ObjectMeta, RecordData } from "@/api/types";
import { findingsOf, fixOfRule, gradeOf, mayNormalise, maySet, scopeOf, tabOf, trendShape } from "./model";

const rule = (id: string, values: Partial<QualityRule> = {}): QualityRule => ({
  id,
  name: { "zh-CN": id, en: id },
  object: "account",
  field: null,
  field_label: null,
  check: "required",
  kind: "incomplete",
  severity: "medium",
  weight: 10,
  message: { "zh-CN": id, en: id },
  fix: "none",
  fix_field: null,
  fix_value: null,
  ...values,
});

describe("quality", () => {
  it("grades scores, and none where nothing applies", () => {
    expect([100, 90, 89.9, 70, 69, 0, null].map(gradeOf)).toEqual([
      "good",
      "good",
      "fair",
      "fair",
      "poor",
      "poor",
      null,
    ]);
    expect([tabOf({}), tabOf({ tab: "stale" }), tabOf({ tab: "x" })]).toEqual(["overview", "stale", "overview"]);
  });

  it("tells the gravest finding first, and none of rules one does not see", () => {
    const item = {
      record: { id: "1", version: 1 } as RecordData,
      score: 50,
      findings: ["a", "b", "c", "gone"].map((id) => ({ rule: id, since: "2026-11-30T00:00:00Z" })),
    };
    const rules = [
      rule("a", { severity: "low" }),
      rule("b", { severity: "high" }),
      rule("c", { severity: "high", weight: 20 }),
    ];
    expect(findingsOf(item, rules).map((one) => one.rule.id)).toEqual(["c", "b", "a"]);
  });

  it("proposes what a rule proposes", () => {
    expect(fixOfRule(rule("a", { field: "phone", fix: "normalise" }))).toEqual({ normalise: "phone" });
    expect(fixOfRule(rule("a", { field: "address.city", fix: "fill_address" }))).toEqual({ fill_address: "address" });
    expect(fixOfRule(rule("a", { fix: "set", fix_field: "level", fix_value: "c" }))).toEqual({ set: { level: "c" } });
    expect(fixOfRule(rule("a", { fix: "set", fix_field: "level" }))).toBeNull();
    expect(fixOfRule(rule("a", { fix: "normalise" }))).toBeNull();
    expect(fixOfRule(rule("a", { field: "phone" }))).toBeNull();
  });

  it("mends what is ticked, else what fails the rule within what is looked at", () => {
    const search = { rule: "r", owner: "o", q: "x" };
    expect(scopeOf(["1"], search)).toEqual({ ids: ["1"] });
    expect(scopeOf([], search)).toEqual({ rule: "r", owner: "o" });
    expect(scopeOf([], { owner: "o" })).toBeNull();
  });

  it("offers only fields that can be mended by one value or their own form", () => {
    const field = (name: string, type: string, values: object = {}) => ({ name, type, masked: null, ...values });
    const object = {
      fields: [
        field("phone", "phone"),
        field("score", "number", { computed: true }),
        field("mail", "email", { masked: "partial" }),
        field("code", "text", { unique: true }),
        field("level", "select"),
        field("logo", "image"),
        field("owner", "user"),
      ],
    } as unknown as ObjectMeta;
    expect(mayNormalise(object).map(({ name }) => name)).toEqual(["phone", "code"]);
    expect(maySet(object).map(({ name }) => name)).toEqual(["phone", "level"]);
  });
});

describe("the line of a trend", () => {
  const point = (day: string, score: number | null): TrendPoint => ({
    day,
    score,
    records: 1,
    incomplete: 0,
    wrong: 0,
    stale: 0,
  });

  it("runs by days, breaks where there is no score, and stays in the picture", () => {
    const points = [
      point("2026-11-01", 80),
      point("2026-11-02", null),
      point("2026-11-03", 82),
      point("2026-11-11", 90),
    ];
    const shape = trendShape(points, 100, 50);
    expect(shape.lines).toHaveLength(2);
    expect(shape.points.map(({ x }) => x)).toEqual([0, 20, 100]);
    for (const { y } of shape.points) expect(y).toBeGreaterThanOrEqual(0);
    for (const { y } of shape.points) expect(y).toBeLessThanOrEqual(50);
    expect(shape.high - shape.low).toBeGreaterThanOrEqual(20);
  });

  it("is drawn at the edges too, and of one day or none", () => {
    expect(trendShape([], 100, 50)).toMatchObject({ lines: [], points: [] });
    expect(trendShape([point("2026-11-01", 100)], 100, 50).points[0]).toMatchObject({ x: 50, y: 0 });
    expect(trendShape([point("2026-11-01", 0)], 100, 50).points[0]?.y).toBe(50);
  });
});
