import { describe, expect, it } from "vitest";
import type { ImportColumn, ImportTarget, RowProblem } from "@/api/imports";
import {
  chooseField,
  columnsInput,
  dropUse,
  initialMapping,
  isJoined,
  keepMatch,
  keyOf,
  mappingOf,
  matchChoices,
  missingRequired,
  onceMore,
  readCellAs,
  unreadValues,
} from "./mapping";

const column = (index: number, header: string, field: string | null, confidence = 0.9): ImportColumn => ({
  index,
  header,
  samples: [],
  field,
  confidence,
});
const target = (path: string, more: Partial<ImportTarget> = {}): ImportTarget => ({
  path,
  label: { "zh-CN": path, en: path },
  type: "text",
  required: false,
  matchable: false,
  ...more,
});
const fields = [
  target("name", { required: true }),
  target("email", { matchable: true, type: "email" }),
  target("level", { type: "select" }),
  target("address", { required: true, type: "address" }),
  target("address.city"),
];
const columns = [
  column(0, "名称", "name"),
  column(1, "公司", "name", 0.5),
  column(2, "Mail", "email"),
  column(3, "x", "gone"),
  column(4, "城市", null, 0),
];
const guessed = () => initialMapping({ columns, fields });
const chosen = (mapping: ReturnType<typeof guessed>) => mapping.map((choice) => choice.field);

describe("the mapping of an import", () => {
  it("takes the guesses, the surer one where two claim a field, and none of a field that is not there", () => {
    expect(chosen(guessed())).toEqual(["name", null, "email", null, null]);
  });

  it("takes a field from the column that had it, unless both make it together", () => {
    const moved = chooseField(guessed(), "1.0", "name", false);
    expect(chosen(moved)).toEqual([null, "name", "email", null, null]);
    expect(moved[1]?.guessed).toBe(false);
    expect(chosen(chooseField(moved, "1.0", null, false))).toEqual([null, null, "email", null, null]);
    expect(isJoined(fields, "name")).toBe(true);
    expect(isJoined(fields, "email")).toBe(false);
    expect(isJoined(fields, "address.city")).toBe(false);
    expect(chosen(chooseField(guessed(), "1.0", "name", true))).toEqual(["name", "name", "email", null, null]);
  });

  it("uses a column more than once, and each use by itself", () => {
    const twice = onceMore(guessed(), columns[4] as ImportColumn);
    expect(twice.map(keyOf)).toEqual(["0.0", "1.0", "2.0", "3.0", "4.0", "4.1"]);
    const mapped = chooseField(chooseField(twice, "4.0", "address.city", false), "4.1", "level", false);
    expect(columnsInput(mapped).slice(4)).toEqual([
      { column: 4, field: "address.city" },
      { column: 4, field: "level" },
    ]);
    expect(chosen(dropUse(mapped, "4.1")).slice(4)).toEqual(["address.city"]);
    expect(columnsInput(twice)).toHaveLength(5);
  });

  it("reads a plan of earlier, without what is not there any more", () => {
    const planned = [
      { column: 2, field: "email" },
      { column: 4, field: "address.city", options: { split: { at: "/", part: 2 } } },
      { column: 4, field: "level" },
      { column: 3, field: "gone" },
      { column: 9, field: "name" },
    ];
    const mapping = mappingOf(columns, planned, fields);
    expect(chosen(mapping)).toEqual([null, null, "email", null, "address.city", "level"]);
    expect(mapping[4]?.options).toEqual({ split: { at: "/", part: 2 } });
    expect(mapping.some((choice) => choice.guessed)).toBe(false);
  });

  it("tells what a new record still needs; a part counts for its field", () => {
    expect(missingRequired(new Set(["name"]), fields).map((field) => field.path)).toEqual(["address"]);
    expect(missingRequired(new Set(["name", "address.city"]), fields)).toEqual([]);
    expect(missingRequired(new Set(["name"]), fields, (path) => path === "address")).toEqual([]);
  });

  it("offers matching by given fields only, and forgets what lost its field", () => {
    const given = new Set(["name", "email", "level"]);
    expect(matchChoices(given, fields).map((field) => field.path)).toEqual(["email"]);
    const rule = { fields: ["email"], on_match: "overwrite" as const, overwrite: ["level", "name"] };
    expect(keepMatch(rule, given, fields)).toEqual(rule);
    expect(keepMatch(rule, new Set(["email", "name"]), fields)).toEqual({ ...rule, overwrite: ["name"] });
    expect(keepMatch(rule, new Set(["email"]), fields)).toEqual({ fields: ["email"], on_match: "overwrite" });
    expect(keepMatch(rule, new Set(["name"]), fields)).toBeNull();
  });

  it("says to the server what was chosen, options only where they say something", () => {
    const mapping = readCellAs(chooseField(guessed(), "4.0", "level", false), "level", "大", "large");
    const quiet = mapping.map((choice) =>
      choice.field === "name" ? { ...choice, options: { prefix: "", empty: [], split: null, values: {} } } : choice,
    );
    expect(columnsInput(quiet)).toEqual([
      { column: 0, field: "name" },
      { column: 1, field: null },
      { column: 2, field: "email" },
      { column: 3, field: null },
      { column: 4, field: "level", options: { values: { 大: "large" } } },
    ]);
    expect(columnsInput(chooseField(mapping, "4.0", null, false))[4]).toEqual({ column: 4, field: null });
  });

  it("finds values to be read as something else, part by part", () => {
    const problem = (row: number, code: string, value: string, field = "level", part = ""): RowProblem => ({
      row,
      part,
      field,
      code,
      message: code,
      value,
    });
    const problems = [
      problem(2, "bad_option", "中"),
      problem(3, "bad_option", "大"),
      problem(4, "bad_option", "大"),
      problem(5, "required", "", "name"),
      problem(6, "bad_option", "小", "level", "contact"),
    ];
    expect(unreadValues(problems, "level")).toEqual([
      { value: "大", rows: 2 },
      { value: "中", rows: 1 },
    ]);
    expect(unreadValues(problems, "level", "contact")).toEqual([{ value: "小", rows: 1 }]);
  });
});
