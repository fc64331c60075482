import { describe, expect, it } from "vitest";
import type { RecordData } from "@/api/types";
import { budgetSpent, partOf, stepShown, stepsOf, timeOver } from "./steps";

const campaign = (values: object) => ({ id: "c", version: 1, ...values }) as unknown as RecordData;
const states = (values: object) => stepsOf(campaign(values)).map(({ state }) => state);

describe("the steps of a campaign", () => {
  it.each([
    ["nothing is written yet", { status: "planned" }, ["current", "ahead", "ahead", "ahead"]],
    ["research is done", { status: "planned", research: "r" }, ["done", "current", "ahead", "ahead"]],
    ["a plan without research", { status: "planned", plan: "p" }, ["missing", "current", "ahead", "ahead"]],
    ["it runs", { status: "running", research: "r", plan: "p" }, ["done", "done", "current", "ahead"]],
    ["it runs without a plan", { status: "running", research: "r" }, ["done", "missing", "current", "ahead"]],
    ["it is over", { status: "done", research: "r", plan: "p", execution: "e" }, ["done", "done", "done", "current"]],
    [
      "all is written",
      { status: "done", research: "r", plan: "p", execution: "e", review: "v" },
      ["done", "done", "done", "done"],
    ],
    ["it was called off", { status: "cancelled", research: "r" }, ["done", "missing", "missing", "current"]],
  ])("%s", (_name, values, expected) => {
    expect(states(values)).toEqual(expected);
  });

  it("show the one it is at, and the review in the end", () => {
    expect(stepShown(campaign({ status: "running" }))).toBe("execution");
    expect(stepShown(campaign({ status: "done", review: "v" }))).toBe("review");
  });
});

describe("how far it is", () => {
  it("in time, the last day included", () => {
    const days = campaign({ starts_on: "2026-03-01", ends_on: "2026-03-10" });
    expect(timeOver(days, "2026-02-01")).toBe(0);
    expect(timeOver(days, "2026-03-06")).toBe(0.5);
    expect(timeOver(days, "2026-04-01")).toBe(1);
    expect(timeOver(campaign({ starts_on: "2026-03-01" }), "2026-03-06")).toBeNull();
  });

  it("against what was expected", () => {
    expect(partOf(30, 40)).toBe(0.75);
    expect(partOf(null, 40)).toBe(0);
    expect(partOf(30, null)).toBeNull();
  });

  it("in money of one currency alone", () => {
    const budget = { amount: "1000", currency: "CNY" };
    expect(budgetSpent(campaign({ budget, cost: "1200.00" }), "CNY")).toBe(1.2);
    expect(budgetSpent(campaign({ budget, cost: null }), "CNY")).toBe(0);
    expect(budgetSpent(campaign({ budget, cost: "10.00" }), "USD")).toBeNull();
    expect(budgetSpent(campaign({ cost: "10.00" }), "CNY")).toBeNull();
  });
});
