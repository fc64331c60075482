import { describe, expect, it } from "vitest";
import { closingFilter } from "./closing";

describe("what the settings of a stage close", () => {
  const of = { pipeline: { id: "p", label: "直销" }, stage: "new" };

  it("is nothing where nothing is said", () => {
    expect(closingFilter(of)).toBeNull();
    expect(closingFilter({ ...of, close_when: "  " })).toBeNull();
    expect(closingFilter({ stage: "new", close_after_days: 3 })).toBeNull();
  });

  it("is what stands there long enough, and meets the condition as a whole", () => {
    expect(closingFilter({ ...of, close_after_days: 15 })).toBe(
      'pipeline == "p" && stage == "new" && stage_changed_at < today() - days(13)',
    );
    expect(closingFilter({ ...of, close_after_days: 1, close_when: "a == 1 || b == 2" })).toBe(
      'pipeline == "p" && stage == "new" && stage_changed_at < today() + days(1) && ((a == 1 || b == 2))',
    );
  });
});
