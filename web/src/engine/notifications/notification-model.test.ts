import { describe, expect, it } from "vitest";
import type { RecordData } from "@/api/types";
import { isClosed, notificationOf, placeOf, readWishes } from "./notification-model";

const told = (values: object) =>
  notificationOf({ id: "n", version: 1, kind: "mention", ...values } as unknown as RecordData);
const target = { object: "account", id: "a", label: "博远" };

describe("notifications", () => {
  it("lead to the record, and to the comment on it", () => {
    expect(placeOf(told({ target, comment: { id: "c", label: "请看" } }))).toEqual({
      to: "record",
      object: "account",
      id: "a",
      comment: "c",
    });
    const request = told({ kind: "request", about: { number: "RQ1", request: "r" } });
    expect(placeOf(request)).toEqual({ to: "rights", request: "r" });
  });

  it("lead to what was changed, and to all that were assigned together", () => {
    expect(placeOf(told({ kind: "changed", target }))).toMatchObject({ to: "record", id: "a", tab: "history" });
    expect(placeOf(told({ kind: "due", target }))).toEqual({ to: "record", object: "account", id: "a", comment: null });
    const assigned = (count: number, records: string[]) =>
      placeOf(told({ kind: "assigned", target: null, count, about: { object: "lead", records } }));
    expect(assigned(2, ["x", "y"])).toEqual({ to: "records", object: "lead", filter: 'id in ["x", "y"]' });
    expect(assigned(900, ["x", "y"])).toEqual({ to: "records", object: "lead", filter: "owner == me.id" });
    expect(assigned(5, []), "one from before records were named").toBeNull();
  });

  it("lead to the import that has ended, and tell what became of it", () => {
    const about = { import: "i", object: "account", file: "客户.csv", state: "failed", written: 7, rejected: 2 };
    const ended = told({ kind: "imported", about });
    expect(placeOf(ended)).toEqual({ to: "import", object: "account", id: "i" });
    expect(ended.imported).toEqual({ id: "i", file: "客户.csv", failed: true, written: 7, rejected: 2 });
    expect(isClosed(ended)).toBe(false);
    const ofView = { view: "v", view_name: "大客户", object: "account", records: ["1"] };
    const found = told({ kind: "found", about: ofView, target: null });
    expect(found.found).toEqual({ view: "v", name: "大客户" });
    expect(placeOf(found)).toEqual({ to: "view", object: "account", view: "v" });
    expect(told({ target }).imported).toBeNull();
    const made = told({
      kind: "exported",
      about: { export: "e", object: "account", file: "account.csv", state: "ready", written: 7 },
    });
    expect(placeOf(made)).toEqual({ to: "exports" });
    expect(made.exported).toEqual({ id: "e", file: "account.csv", failed: false, written: 7 });
  });

  it("lead nowhere, and say so, where what they speak of is gone", () => {
    const gone = told({ target: { ...target, label: null }, comment: { id: "c", label: null } });
    expect([placeOf(gone), isClosed(gone)]).toEqual([null, true]);
    // The comment alone is gone: the record is still there.
    const half = told({ target, comment: { id: "c", label: null } });
    expect([placeOf(half), isClosed(half)]).toEqual([
      { to: "record", object: "account", id: "a", comment: null },
      true,
    ]);
  });

  it("take wishes of any age", () => {
    expect(readWishes(undefined).mailed).toContain("mention");
    expect(readWishes({ muted: ["changed"], mailed: [] })).toMatchObject({
      muted: ["changed"],
      mailed: [],
      pace: "at_once",
    });
  });
});
