import { expect, it } from "vitest";
import type { AggregateResult } from "@/api/types";
import { counted, hours } from "./model";

it("counts what a department was offered in the span, by how it stands", () => {
  expect(counted("offered_at >= 'a'", "offered")).toBe("offered_at >= 'a'");
  const late = counted("offered_at >= 'a'", "late", "to_department", "d1");
  expect(late).toContain("due_at < now()");
  expect(late).toContain('to_department == "d1"');
});

it("tells times in hours, and nothing where nothing was measured", () => {
  const result = {
    groups: [
      { keys: ["d1"], labels: ["一部"], values: { "avg(answer_time)": "7200" } },
      { keys: ["d2"], labels: ["二部"], values: { "avg(answer_time)": null } },
    ],
  } as unknown as AggregateResult;
  expect(hours(result, "avg(answer_time)", "d1")).toBe(2);
  expect(hours(result, "avg(answer_time)", "d2")).toBeNull();
  expect(hours(result, "avg(answer_time)", "d3")).toBeNull();
});
