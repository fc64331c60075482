import { describe, expect, it } from "vitest";
import { fieldMeta } from "@/api/fixtures";
import type { ActionMeta, Meta, ObjectMeta, RecordData } from "@/api/types";
import { selectionScreens } from "../../slots";
import { fieldsToOffer, offeredFor, screensFor, sharedActions } from "./offered";

const action = (name: string, more: Partial<ActionMeta> = {}): ActionMeta =>
  ({ name, on: "record", input: [], visible_when: null, danger: false, ...more }) as unknown as ActionMeta;

const object = {
  name: "thing",
  title_field: "name",
  fields: [fieldMeta("name", "text"), fieldMeta("owner", "user"), fieldMeta("status", "select")],
  actions: [
    action("take", { visible_when: "owner == null" }),
    action("close", { visible_when: "status in ['open', 'new'] && account.level == 'a'" }),
    action("note", { input: [fieldMeta("text", "text", { required: true })] }),
    action("check_in", { input: [fieldMeta("position", "geo", { required: true })] }),
    action("report", { on: "object" }),
    action("odd", { visible_when: "status ==" }),
  ],
} as unknown as ObjectMeta;

const record = (id: string, values: object): RecordData => ({ id, version: 1, ...values }) as unknown as RecordData;
const viewer = { id: "u", department: null, roles: [], timeZone: "UTC" };
const free = record("1", { name: "甲", owner: null, status: "open" });
const taken = record("2", { name: "乙", owner: { id: "u", label: "我" }, status: "done" });

describe("actions for many records", () => {
  it("are those of a record that ask for nothing that only one can have", () => {
    expect(sharedActions(object).map(({ name }) => name)).toEqual(["take", "close", "note", "odd"]);
  });

  it("are told by the fields their conditions name", () => {
    expect(fieldsToOffer(object)).toEqual(["name", "owner", "status"]);
  });

  it("are offered where they apply to one at least, or only the server knows", () => {
    const fits = (records: RecordData[]) =>
      Object.fromEntries(offeredFor(object, records, viewer).map((one) => [one.action.name, one.fits]));
    expect(fits([free, taken])).toEqual({ take: 1, close: 1, note: 2, odd: 2 });
    expect(fits([taken])).toEqual({ note: 1, odd: 1 });
  });

  it("stand beside the screens of features, under the same conditions", () => {
    const screen = { name: "share", when: "owner == null && code == 'x'", offered: () => true } as never;
    selectionScreens.set("other", [screen]);
    const other = { ...object, name: "other", fields: [...object.fields, fieldMeta("code", "text")], actions: [] };
    const names = (records: RecordData[]) => screensFor(other, records, viewer, {} as Meta).length;
    expect(fieldsToOffer(other)).toEqual(["name", "owner", "code"]);
    expect(names([record("3", { owner: null, code: "x" }), taken])).toBe(1);
    expect(names([taken])).toBe(0);
    selectionScreens.delete("other");
  });
});
