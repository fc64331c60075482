import { describe, expect, it } from "vitest";
import { fieldMeta } from "@/api/fixtures";
import type { ObjectMeta, RecordData } from "@/api/types";
import { losersOfAll, lostPercent } from "./losses";
import { previewValues } from "./rule-values";
import { byMember, byPool, distributionOf } from "./shares";

const loss = (name: string, loses: number, holds: number) => ({ member: { id: name, label: name }, loses, holds });

describe("who would lose records by a rule", () => {
  it("names those who would be left with nothing", () => {
    const owners = [loss("甲", 3, 3), loss("乙", 3, 4), loss("丙", 0, 0)];
    expect(losersOfAll(owners).map(({ member }) => member.label)).toEqual(["甲"]);
  });

  it("says 100 % of those alone", () => {
    expect(
      [loss("", 3, 3), loss("", 999, 1000), loss("", 1, 1000), loss("", 0, 5), loss("", 1, 4)].map(lostPercent),
    ).toEqual([100, 99, 1, 0, 25]);
  });
});

describe("what a preview of a rule asks", () => {
  const inputs = ["pool", "kind", "days", "condition", "warn_days"].map((name) => fieldMeta(name, "text"));
  const object = { actions: [{ name: "preview", input: inputs }] } as unknown as ObjectMeta;
  const pool = { id: "p", label: "华东" };

  it("waits until it can be answered", () => {
    expect(previewValues(object, { kind: "no_follow_up", days: 30 }, null)).toBeNull();
    expect(previewValues(object, { kind: "no_follow_up", pool }, null)).toBeNull();
    expect(previewValues(object, { kind: "custom", pool, days: 3 }, null)).toBeNull();
    expect(previewValues({ actions: [] } as unknown as ObjectMeta, { kind: "custom", pool }, null)).toBeNull();
  });

  it("takes what the form says, and of a new version what the one before said", () => {
    expect(previewValues(object, { kind: "no_follow_up", pool, days: 30, name: "名" }, null)).toEqual({
      kind: "no_follow_up",
      pool,
      days: 30,
    });
    const before = { id: "r", version: 1, pool, kind: "no_follow_up", days: 30, warn_days: 3 } as unknown as RecordData;
    expect(previewValues(object, { days: 20 }, before)).toEqual({ pool, kind: "no_follow_up", days: 20, warn_days: 3 });
  });
});

describe("records shared out among members", () => {
  const record = (id: string, pool: string | null, owner: string | null = null): RecordData =>
    ({ id, version: 1, pool: pool && { id: pool, label: pool }, owner: owner && { id: owner, label: owner } }) as never;
  const [lin, wang] = [
    { id: "l", label: "林晓" },
    { id: "w", label: "王磊" },
  ];

  it("lie in one pool each; those that lie in none, or are somebody's, are not shared out", () => {
    const found = byPool([
      record("1", "a"),
      record("2", "b"),
      record("3", "b"),
      record("4", null),
      record("5", "a", "x"),
    ]);
    expect(found.pools.map(({ pool, ids }) => [pool.id, ids])).toEqual([
      ["b", ["2", "3"]],
      ["a", ["1"]],
    ]);
    expect(found.outside).toBe(2);
  });

  it("have weights where they go by weight", () => {
    const weights = new Map([["l", 3]]);
    const asked = (mode: "even" | "weighted") => distributionOf(["1"], [lin, wang], weights, mode, 7)?.members;
    expect(asked("weighted")).toEqual([
      { member: "l", weight: 3 },
      { member: "w", weight: 1 },
    ]);
    expect(asked("even")?.map(({ weight }) => weight)).toEqual([1, 1]);
    expect(distributionOf([], [lin], weights, "even", 7)).toBeNull();
    expect(distributionOf(["1"], [], weights, "even", 7)).toBeNull();
  });

  it("are told by member, those who get nothing too", () => {
    const moves = [{ record: "1", label: "甲", member: wang }];
    const shares = byMember([lin, wang], { seed: 1, moves, refused: [], members: [] });
    expect(shares.map(({ member, given }) => [member.label, given.length])).toEqual([
      ["林晓", 0],
      ["王磊", 1],
    ]);
  });
});
