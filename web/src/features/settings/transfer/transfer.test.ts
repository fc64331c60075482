import { describe, expect, it } from "vitest";
import { emptyDraft, movedDraft, planOf, withPool } from "./plan";
import { leaving } from "./transfer-check";

describe("the plan of a hand-over", () => {
  const person = { id: "u1", label: "陈雨" };
  it("is there once every target says where its records go", () => {
    expect(planOf([emptyDraft(1)])).toBeNull();
    expect(planOf([{ ...emptyDraft(1), member: person }])).toEqual([{ to: { member: "u1" } }]);
    const second = { ...emptyDraft(2), kind: "members" as const };
    expect(planOf([{ ...emptyDraft(1), member: person }, second])).toBeNull();
    expect(
      planOf([
        { ...second, members: [person], object: "lead", when: " score > 50 ", department: { id: "d", label: "D" } },
        { ...emptyDraft(3), kind: "stay" },
      ]),
    ).toEqual([
      { object: "lead", when: "score > 50", department: "d", to: { members: ["u1"] } },
      { to: { stay: true } },
    ]);
  });

  it("is about what the pool holds", () => {
    const draft = withPool({ ...emptyDraft(1), kind: "pool" }, { id: "p", object: "account" });
    expect(planOf([draft])).toEqual([{ object: "account", to: { pool: "p" } }]);
    expect(planOf([withPool(draft, null)])).toBeNull();
  });

  it("is put into another order, and counts who leaves", () => {
    const drafts = [emptyDraft(1), emptyDraft(2)];
    expect(movedDraft(drafts, 0, 1).map(({ key }) => key)).toEqual([2, 1]);
    expect(movedDraft(drafts, 0, -1)).toBe(drafts);
    const targets = [
      { target: 0, kind: "member" as const, to: person, count: 4 },
      { target: 1, kind: "pool" as const, to: null, count: 2 },
      { target: null, kind: "stay" as const, to: null, count: 9 },
    ];
    const objects = [{ object: "account", total: 15, forbidden: 0, targets }];
    expect(leaving({ member: person, total: 15, objects, records: [] })).toBe(6);
  });
});
