import { describe, expect, it } from "vitest";
import { ApiError } from "@/api/errors";
import { fieldMeta } from "@/api/fixtures";
import { mergedInto } from "@/api/merge";
import type { ObjectMeta, Problem, RecordData } from "@/api/types";
import { idsOf, likelySurvivor, mergeRows, stillTaken, withChoice } from "./model";
import { groupSkipped } from "./skipped";

const A = "01890000-0000-7000-8000-00000000000a";
const B = "01890000-0000-7000-8000-00000000000b";

const account = {
  name: "account",
  title_field: "name",
  fields: [
    fieldMeta("name", "text"),
    fieldMeta("phone", "phone"),
    fieldMeta("city", "text"),
    fieldMeta("fax", "phone"),
    fieldMeta("tags", "tags"),
    fieldMeta("sum", "rollup", { computed: true }),
  ],
} as unknown as ObjectMeta;
const record = (id: string, created_at: string, values: object): RecordData =>
  ({ id, version: 1, created_at, ...values }) as RecordData;
const tag = (id: string) => ({ id, label: id });
const first = record(A, "2026-01-02", { name: "星河", phone: null, city: "上海", tags: [tag("x")] });
const second = record(B, "2026-01-01", { name: "星河公司", phone: "021", city: "上海", tags: [tag("x"), tag("y")] });
const field = (name: string, chosen: string | null, differs: boolean) => ({ name, chosen, differs, may_choose: true });
const fields = [
  field("city", A, false),
  field("phone", B, false),
  field("name", A, true),
  field("fax", null, false),
  field("tags", null, true),
];
const rowsWith = (taken = {}, problems: Parameters<typeof mergeRows>[1]["problems"] = []) =>
  mergeRows(account, { fields, problems }, [first, second], A, taken);

describe("the records of an address", () => {
  it("are each once, and only ids", () => {
    expect(idsOf(`${A},${B},${A.toUpperCase()}, nonsense`)).toEqual([A, B]);
    expect(idsOf(undefined)).toEqual([]);
  });

  it("are no more than can be merged at once", () => {
    const many = Array.from({ length: 30 }, (_, n) => `01890000-0000-7000-8000-0000000000${n + 10}`);
    expect(idsOf(many.join(","))).toHaveLength(20);
  });
});

describe("the survivor", () => {
  it("is who says most", () => {
    expect(likelySurvivor(account, [first, second])).toBe(B);
  });

  it("is the older of two that say as much, whatever is only computed", () => {
    const younger = record(A, "2026-01-02", { name: "星河", sum: 3 });
    const older = record(B, "2026-01-01", { name: "星河" });
    expect(likelySurvivor(account, [younger, older])).toBe(B);
  });
});

describe("the fields of a merge", () => {
  it("come with what differs first, then what is added; empty ones not at all", () => {
    expect(rowsWith().map((row) => [row.field.name, row.kind])).toEqual([
      ["name", "differs"],
      ["tags", "differs"],
      ["phone", "filled"],
      ["city", "same"],
    ]);
  });

  it("have the value chosen, of many all of them once", () => {
    const outcome = (taken = {}) => Object.fromEntries(rowsWith(taken).map((row) => [row.field.name, row.outcome]));
    expect(outcome()).toMatchObject({ name: "星河", phone: "021", tags: [tag("x"), tag("y")] });
    expect(outcome({ name: B, tags: A })).toMatchObject({ name: "星河公司", tags: [tag("x")] });
  });

  it("can be left empty by choice", () => {
    const phone = rowsWith({ phone: A }).find((row) => row.field.name === "phone");
    expect(phone).toMatchObject({ chosen: A, kind: "filled", outcome: null });
  });

  it("are in sight where something is wrong with them", () => {
    const [problem] = rowsWith({}, [{ field: "city", code: "invalid", message: "?" }]).filter(
      (row) => row.field.name === "city",
    );
    expect(problem?.kind).toBe("differs");
  });

  it("keep what was chosen as long as its record is there", () => {
    expect(withChoice({ name: A }, "name", B)).toEqual({ name: B });
    expect(withChoice({ name: A, tags: B }, "tags", null)).toEqual({ name: A });
    expect(stillTaken({ name: A, city: B }, [B])).toEqual({ city: B });
  });
});

describe("what a merge taken back left as it is", () => {
  it("is told by record where it has a name, else together", () => {
    const left = (object: string, id: string, names: string[]) => ({
      object,
      id,
      reason: "changed_since",
      fields: names,
    });
    const skipped = [
      left("account", A, ["phone"]),
      left("contact", "1", ["account"]),
      left("contact", "2", ["account"]),
    ];
    expect(groupSkipped(skipped, new Map([[A, "星河"]])).map((group) => group.ids)).toEqual([[A], ["1", "2"]]);
  });
});

describe("a refusal because of a merge", () => {
  const refused = (code: string, problem: object) =>
    new ApiError({ status: 409, code, title: "", problem: problem as Problem });

  it("names where the record went", () => {
    expect(mergedInto(refused("merged", { merged_into: { object: "account", id: B } }))).toEqual({
      object: "account",
      id: B,
    });
    expect(mergedInto(refused("merged", {}))).toBeNull();
    expect(mergedInto(refused("version_conflict", { merged_into: { object: "account", id: B } }))).toBeNull();
  });
});
