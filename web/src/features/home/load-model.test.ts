import { describe, expect, it } from "vitest";
import type { WorkloadPerson } from "@/api/types";
import { loadOf } from "./load-model";

const person = (id: string, planned: number, capacity: number, overdue = 0, away = 0) =>
  ({ member: { id, label: id }, overdue, days: [{ planned, capacity, away }] }) as unknown as WorkloadPerson;

describe("the load of a team today", () => {
  it("shows the most loaded first, whoever has work on a day off before all", () => {
    const found = loadOf([
      person("free", 0, 480),
      person("late", 0, 480, 3),
      person("over", 600, 480),
      person("half", 210, 480),
      person("off", 60, 0, 0, 2),
    ]);
    expect(found.map((one) => one.id)).toEqual(["off", "over", "half", "late", "free"]);
    expect(found[1]).toMatchObject({ strain: "over", part: 1, planned: "10", capacity: "8" });
    expect(found[2]).toMatchObject({ strain: "busy", planned: "3.5" });
    expect(found[0]).toMatchObject({ away: true });
  });
});
