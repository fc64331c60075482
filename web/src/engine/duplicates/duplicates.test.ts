import { describe, expect, it } from "vitest";
import type { DuplicateGroup, DuplicateReason } from "@/api/duplicates";
import { fieldMeta } from "@/api/fixtures";
import type { ObjectMeta, RecordData } from "@/api/types";
import { comparedValues } from "./compared-values";
import { groupsOf, likenessOf, nextAt, pairsOf, type QueueData, queueRows, tellingRows, withoutGroups } from "./queue";
import { agreementOf, certaintyOf, speakingAgainst, speakingFor } from "./reasons";

const reason = (field: string, agreement: string, bits: number): DuplicateReason => ({
  field,
  part: null,
  agreement: agreement as DuplicateReason["agreement"],
  bits,
  rarity: null,
});
const record = (id: string, values: object): RecordData => ({ id, version: 1, ...values }) as RecordData;

describe("how sure it is", () => {
  it.each([
    [0.99, "certain"],
    [0.95, "certain"],
    [0.9, "likely"],
    [0.5, "possible"],
  ])("%d is %s", (probability, word) => {
    expect(certaintyOf(probability)).toBe(word);
  });
});

describe("reasons", () => {
  const all = [
    reason("city", "equal", 1.2),
    reason("phone", "near", 3),
    reason("name", "same_sound", 6.1),
    reason("name", "similar", 2),
    reason("date", "different", -2.5),
    reason("fax", "different", -4),
  ];

  it("speak for it strongest first, each field once", () => {
    expect(speakingFor(all).map((one) => one.field)).toEqual(["name", "phone", "city"]);
    expect(speakingFor(all, 2).map((one) => one.field)).toEqual(["name", "phone"]);
  });

  it("speak against it strongest first", () => {
    expect(speakingAgainst(all).map((one) => one.field)).toEqual(["fax", "date"]);
  });

  it("of a kind we do not know say at least which way they speak", () => {
    expect(agreementOf(reason("name", "rhymes", 2))).toBe("similar");
    expect(agreementOf(reason("name", "rhymes", -2))).toBe("different");
  });
});

const account = {
  name: "account",
  title_field: "name",
  fields: [
    fieldMeta("code", "text"),
    fieldMeta("name", "text"),
    fieldMeta("phone", "phone"),
    fieldMeta("city", "text"),
    fieldMeta("owner", "user"),
    fieldMeta("story", "rich_text"),
  ],
} as unknown as ObjectMeta;

describe("what is compared of a form", () => {
  it("are the values there are, as the API takes them, without long texts", () => {
    const values = { name: "星河", phone: "", owner: { id: "u", label: "王" }, story: "<p>long</p>", other: "x" };
    expect(comparedValues(account, values)).toEqual({ name: "星河", owner: "u" });
  });
});

const group: DuplicateGroup = {
  group: "g",
  certainty: 0.9,
  records: [
    record("a", { code: "1", name: "星河", phone: "021", city: "上海" }),
    record("b", { code: "2", name: "星河", phone: null, city: "上海" }),
  ],
  pairs: [{ left: "a", right: "b", probability: 0.9, is_automatic: false, reasons: [reason("city", "equal", 1)] }],
};

describe("a group", () => {
  it("shows its title, then what was compared, then the rest anybody filled in", () => {
    const rows = queueRows(account, group);
    expect(rows.map((row) => row.field.name)).toEqual(["name", "city", "code", "phone"]);
    expect(tellingRows(account, rows).map((row) => row.field.name)).toEqual(["name", "city", "code"]);
  });

  it("says of each field whether it differs", () => {
    expect(["name", "code", "phone"].map((name) => likenessOf(group.records, name))).toEqual([
      "same",
      "differs",
      "partly",
    ]);
  });

  it("is decided pair by pair, or one record against the others", () => {
    expect(pairsOf(["a", "b", "c"])).toEqual([
      ["a", "b"],
      ["a", "c"],
      ["b", "c"],
    ]);
    expect(pairsOf(["a", "b", "c"], "b")).toEqual([
      ["a", "b"],
      ["b", "c"],
    ]);
  });
});

describe("the queue", () => {
  const page = (...names: string[]) => ({
    items: names.map((name) => ({ ...group, group: name })),
    next_cursor: null,
    count: { value: 3, exact: true },
  });
  const data = { pages: [page("x", "y"), page("y", "z")], pageParams: [null, null] } as QueueData;

  it("names a group once that moved to the next page while it was read", () => {
    expect(groupsOf(data).map((one) => one.group)).toEqual(["x", "y", "z"]);
  });

  it("goes on without what is decided", () => {
    const left = withoutGroups(data, new Set(["y"]));
    expect(groupsOf(left).map((one) => one.group)).toEqual(["x", "z"]);
    expect(left?.pages[0]?.count.value).toBe(2);
  });

  it("keeps the keyboard where it was, or at the last", () => {
    expect(nextAt(1, 3)).toBe(1);
    expect(nextAt(2, 2)).toBe(1);
    expect(nextAt(0, 0)).toBe(0);
  });
});
