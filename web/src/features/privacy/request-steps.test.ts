import { describe, expect, it } from "vitest";
import type { Concerned } from "@/api/privacy";
import type { RecordData } from "@/api/types";
import { actsOf, daysLeft, stepOf } from "./request-steps";

const request = (values: Partial<RecordData>): RecordData =>
  ({ id: "1", version: 1, state: "received", identity: "unchecked", ...values }) as RecordData;
const one = (outcome: Concerned["outcome"]): Concerned => ({ id: "2", object: "contact", outcome, gone: false });

describe("steps of a request", () => {
  it("stands at the first step that is not done", () => {
    expect(stepOf(request({}), [])).toBe(0);
    expect(stepOf(request({ identity: "doubtful" }), [one("open")])).toBe(0);
    const working = request({ identity: "verified", state: "working" });
    expect(stepOf(working, [])).toBe(1);
    expect(stepOf(working, [one("open"), one("erased")])).toBe(2);
    expect(stepOf(working, [one("exported")])).toBe(3);
    expect(stepOf(request({ state: "refused" }), [one("open")])).toBe(4);
  });

  it("offers what fits the request first", () => {
    expect(actsOf("erase")[0]).toBe("erase");
    expect(actsOf("see")).toEqual(["export"]);
    expect(actsOf("something new")).toEqual([]);
  });

  it("counts whole days", () => {
    expect(daysLeft("2026-12-08", "2026-12-01")).toBe(7);
    expect(daysLeft("2026-11-30", "2026-12-01")).toBe(-1);
  });
});
