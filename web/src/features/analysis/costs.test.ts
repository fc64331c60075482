import { describe, expect, it } from "vitest";
import { daysAsked, readCosts } from "./costs";

const row = {
  source: "event",
  label: { "zh-CN": "展会与活动", en: "Event or fair" },
  cost: "90000.00",
  leads: 60,
  conversions: 12,
  won: 3,
  won_amount: "450000.00",
  cost_per_lead: "1500.00",
  cost_per_conversion: "7500.00",
  cost_per_won: "0.2000",
  return_on_cost: "5.00",
};

describe("what sources cost", () => {
  it("is asked for with both days included", () => {
    expect(daysAsked({ from: "2026-01-01", to: "2026-04-01" })).toEqual({ from: "2026-01-01", to: "2026-03-31" });
  });

  it("is read with decimals that come as text", () => {
    const costs = readCosts({ currency: "CNY", rows: [row], total: row, hidden: [], without_rate: 0 });
    expect(costs?.rows[0]).toEqual({
      source: "event",
      label: row.label,
      cost: 90_000,
      leads: 60,
      conversions: 12,
      won: 3,
      wonAmount: 450_000,
      perLead: 1_500,
      perConversion: 7_500,
      perWon: 0.2,
      back: 5,
    });
  });

  it("says where the caller sees only a part", () => {
    const answer = { currency: "CNY", rows: [row], total: row, hidden: [], without_rate: 0 };
    expect(readCosts(answer)?.partial).toBe(false);
    expect(readCosts({ ...answer, partial: true })?.partial).toBe(true);
  });

  it("tells nothing of what may not be seen, and nothing of what is divided by nothing", () => {
    const bare = { source: null, label: null, cost: "10.00", leads: 0, cost_per_lead: null, won: null };
    const costs = readCosts({ currency: "CNY", rows: [bare], total: bare, hidden: ["opportunity"], without_rate: 2 });
    expect(costs?.rows[0]).toMatchObject({ source: null, cost: 10, leads: 0, perLead: null, won: null, back: null });
    expect([costs?.hidden, costs?.withoutRate]).toEqual([["opportunity"], 2]);
  });

  it("is nothing where the answer is something else", () => {
    expect([readCosts(undefined), readCosts(null), readCosts([])]).toEqual([null, null, null]);
  });
});
