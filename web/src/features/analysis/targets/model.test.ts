import { describe, expect, it } from "vitest";
import { barOf, kindOf, readForecast, readPeriod, targetSpan } from "./model";

describe("periods of targets", () => {
  it("are the last, the running and the next one, over the end of a year too", () => {
    expect(targetSpan("next_month", "2026-12-31")).toEqual({ from: "2027-01-01", to: "2027-02-01" });
    expect(targetSpan("last_quarter", "2026-01-31")).toEqual({ from: "2025-10-01", to: "2026-01-01" });
    expect(targetSpan("quarter", "2026-11-16")).toEqual({ from: "2026-10-01", to: "2027-01-01" });
    expect(targetSpan("next_year", "2028-02-29")).toEqual({ from: "2029-01-01", to: "2030-01-01" });
    expect(kindOf("last_quarter")).toBe("quarter");
    expect([readPeriod("next_month"), readPeriod("week"), readPeriod(undefined)]).toEqual([
      "next_month",
      "quarter",
      "quarter",
    ]);
  });
});

const figures = { wanted: "100.00", won: "50.00", weighted: "20.00", gap: "50.00", expected: "70.00" };
const records = { object: "opportunity", won: "a", commit: "b", open: "c", undated: "d" };
const row = (more: object) => ({ ...figures, target: { id: "1", label: "x" }, records, members: [], ...more });

describe("the answer", () => {
  it("has departments first, and leaves what is not told empty", () => {
    const rows = readForecast({
      rows: [
        row({ member: { id: "m", label: "林晓峰" }, currency: "CNY", partial: true, percent: null }),
        row({
          department: { id: "d", label: "华东大区" },
          members: [{ member: { id: "m", label: "林晓峰" }, won: null }],
        }),
        "nonsense",
      ],
    });
    expect(rows.map((one) => [one.members.length, one.currency, one.partial])).toEqual([
      [1, null, false],
      [0, "CNY", true],
    ]);
    expect(rows[0]?.members[0]).toMatchObject({ won: null, target: null, wanted: null });
    expect(rows[1]).toMatchObject({ percent: null, won: 50, filters: { open: "c" } });
    expect(readForecast(undefined)).toEqual([]);
  });

  it("is drawn no longer than its bar", () => {
    const of = (won: number | null, expected: number | null, wanted: number | null = 100) =>
      barOf({
        ...(readForecast({ rows: [row({})] })[0] as never as Parameters<typeof barOf>[0]),
        won,
        expected,
        wanted,
      });
    expect(of(50, 70)).toEqual({ won: 50, expected: 70 });
    expect(of(120, 180)).toEqual({ won: 100, expected: 100 });
    expect(of(33.333, null)).toEqual({ won: 33.3, expected: 33.3 });
    expect([of(null, 1), of(1, 1, null)]).toEqual([null, null]);
  });
});
