import { describe, expect, it } from "vitest";
import type { Meta } from "@/api/types";
import { FIGURES, figureEntry, figuresFor, isFigure } from "./figures";

const object = (name: string, fields: object[] = [], actions: string[] = []) => ({
  name,
  fields: fields.map((field) => ({ groupable: true, ...field })),
  actions: actions.map((action) => ({ name: action })),
});
const meta = (...objects: object[]) => ({ objects }) as unknown as Meta;

const deal = object("opportunity", [
  { name: "stage", type: "select", options: [{ value: "new" }] },
  { name: "source", type: "select" },
]);
const account = object("account", [{ name: "lifecycle", type: "select", options: [{ value: "lead" }] }]);

describe("figures that can stand on the home page", () => {
  it("are offered to who sees what they are made of, and to nobody else", () => {
    expect(figuresFor(meta())).toEqual([]);
    expect(figuresFor(meta(deal))).toEqual(["trend", "rate"]);
    expect(figuresFor(meta(deal, object("stage_move")))).toEqual(["funnel", "trend", "rate", "duration", "cycle"]);
    // An object without its action, or without the field that is counted, tells nothing.
    expect(figuresFor(meta(object("campaign_cost"), object("visit_target"), object("activity")))).toEqual([]);
    expect(
      figuresFor(
        meta(
          object("campaign_cost", [], ["cost_by_source"]),
          object("visit_target", [], ["attainment"]),
          object("activity", [{ name: "happened_at" }]),
        ),
      ),
    ).toEqual(["cost", "activity", "contact", "visit"]);
    // Moves alone do not say of what.
    expect(figuresFor(meta(object("lifecycle_move"), object("pool_move")))).toEqual([]);
    const customers = figuresFor(meta(account, object("lifecycle_move"), object("pool_move")));
    expect(customers.filter((name) => name.startsWith("lifecycle_"))).toHaveLength(6);
    expect(customers.filter((name) => name.startsWith("pool_"))).toHaveLength(4);
    expect(figuresFor(meta(object("handover")))).toEqual(["handovers"]);
  });

  it("have names that an arrangement can keep, and are known by these alone", () => {
    for (const name of Object.keys(FIGURES)) expect(name).toMatch(/^\w+$/);
    expect([isFigure("rate"), isFigure("toString"), isFigure("gone")]).toEqual([true, false, false]);
    expect(figureEntry("pool_holdings")).toMatchObject({ page: "/analysis/pools", standing: true });
  });
});
