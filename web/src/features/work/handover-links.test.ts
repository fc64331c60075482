import { expect, it } from "vitest";
import type { RecordData } from "@/api/types";
import { linksOf } from "./handover-links";

it("tells the way a record went, and names whoever took it where the department is not to be seen", () => {
  const record = (values: object) => ({ id: "1", version: 1, ...values }) as unknown as RecordData;
  const [first, second] = linksOf([
    record({
      from_department: { id: "d1", label: "销售一部" },
      to_department: { id: "d2", label: "市场部" },
      state: "done",
      offered_at: "2026-11-16T02:00:00Z",
      answer_time: 7200,
      total_time: 93600,
    }),
    record({
      from_department: null,
      to_department: { id: "d3", label: null },
      accepted_by: { id: "m", label: "何" },
      state: "offered",
    }),
  ]);
  expect([first?.from, first?.to, first?.accepted, first?.open]).toEqual(["销售一部", "市场部", true, false]);
  expect([first?.answerTime, first?.totalTime]).toEqual([7200, 93600]);
  expect([second?.from, second?.to, second?.open, second?.answerTime]).toEqual(["", "何", true, null]);
});
