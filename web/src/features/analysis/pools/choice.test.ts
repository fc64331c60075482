import { describe, expect, it } from "vitest";
import { counting, entering, lyingIn, movesOf, readPoolChoice, succeeded, takenFrom } from "./choice";

const today = "2026-11-30";

describe("what of the pools is looked at", () => {
  it("is told by the address, with what stands there else", () => {
    expect(readPoolChoice({}, today)).toMatchObject({
      period: "last_12_months",
      span: { from: "2025-12-01", to: "2026-12-01" },
      unit: "month",
      object: "lead",
      pool: null,
    });
    expect(readPoolChoice({ object: "account", pool: "p", period: "month", unit: "never" }, today)).toMatchObject({
      unit: "week",
      object: "account",
      pool: "p",
    });
    expect(readPoolChoice({ object: "contact" }, today).object).toBe("lead");
  });

  it("is one pool, or all pools of a kind", () => {
    const all = readPoolChoice({ period: "month" }, today);
    const one = { ...all, pool: "p" };
    const time = `moved_at >= date("2026-11-01") && moved_at < date("2026-12-01")`;
    expect(movesOf(all)).toBe(`pool.object == "lead" && ${time}`);
    expect(movesOf(one)).toBe(`pool == "p" && ${time}`);
    expect(lyingIn(all)).toBe("owner == null && pool != null");
    expect(takenFrom(one)).toContain(`claimed_from == "p"`);
    expect(entering(all)).toEqual(["entered"]);
    expect(entering(one), "what came from another pool is new to this one").toEqual(["entered", "moved"]);
  });

  it("counts as the caps do", () => {
    const lead = readPoolChoice({}, today);
    const account = readPoolChoice({ object: "account" }, today);
    expect(counting(lead, true)).toBe("owner != null");
    expect(counting(lead, false)).toBe(`owner != null && !(status in ["converted", "disqualified"])`);
    expect(counting(account, false)).toBe("owner != null && (won_amount == null || won_amount == 0)");
    expect([succeeded(lead), succeeded(account)]).toEqual([`status == "converted"`, "won_amount > 0"]);
  });
});
