import { describe, expect, it } from "vitest";
import type { ImportColumn, ImportTarget, ImportUpload, RowProblem } from "@/api/imports";
import {
  chooseField,
  initialMapping,
  keepMatch,
  matchChoices,
  missingRequired,
  planInput,
  problemKinds,
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
  target("email", { matchable: true }),
  target("level"),
  target("address", { required: true }),
  target("address.city"),
];
const upload = {
  columns: [
    column(0, "名称", "name"),
    column(1, "公司", "name", 0.5),
    column(2, "Mail", "email"),
    column(3, "x", "gone"),
    column(4, "城市", null, 0),
  ],
  fields,
} as ImportUpload;
const chosen = (mapping: ReturnType<typeof initialMapping>) => mapping.map((choice) => choice.field);

describe("the mapping of an import", () => {
  it("takes the guesses, the surer one where two claim a field, and none of a field that is not there", () => {
    expect(chosen(initialMapping(upload))).toEqual(["name", null, "email", null, null]);
  });

  it("never maps two columns to one field", () => {
    const moved = chooseField(initialMapping(upload), 1, "name");
    expect(chosen(moved)).toEqual([null, "name", "email", null, null]);
    expect(moved[1]?.guessed).toBe(false);
    expect(chosen(chooseField(moved, 1, null))).toEqual([null, null, "email", null, null]);
  });

  it("tells what a new record still needs; a part counts for its field", () => {
    const mapping = initialMapping(upload);
    expect(missingRequired(mapping, fields).map((field) => field.path)).toEqual(["address"]);
    expect(missingRequired(chooseField(mapping, 4, "address.city"), fields)).toEqual([]);
    expect(missingRequired(mapping, fields, (path) => path === "address")).toEqual([]);
  });

  it("offers matching by mapped fields only, and forgets a rule that lost its column", () => {
    const mapping = initialMapping(upload);
    expect(matchChoices(mapping, fields).map((field) => field.path)).toEqual(["email"]);
    const rule = { field: "email", on_match: "fill" as const };
    expect(keepMatch(rule, mapping, fields)).toEqual(rule);
    expect(keepMatch(rule, chooseField(mapping, 2, null), fields)).toBeNull();
  });

  it("says to the server what was chosen, options only where there are any", () => {
    const mapping = readCellAs(chooseField(initialMapping(upload), 4, "level"), "level", "大", "large");
    expect(planInput(mapping, null)).toEqual({
      mapping: [
        { column: 0, field: "name" },
        { column: 1, field: null },
        { column: 2, field: "email" },
        { column: 3, field: null },
        { column: 4, field: "level", options: { values: { 大: "large" } } },
      ],
      match: null,
    });
    expect(planInput(chooseField(mapping, 4, null), null).mapping[4]).toEqual({ column: 4, field: null });
  });

  it("groups problems and finds values to be read as something else", () => {
    const problem = (row: number, code: string, value: string, field = "level"): RowProblem => ({
      row,
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
    ];
    expect(unreadValues(problems, "level")).toEqual([
      { value: "大", rows: 2 },
      { value: "中", rows: 1 },
    ]);
    expect(problemKinds(problems).map(({ key, count }) => [key, count])).toEqual([
      ["level:bad_option", 3],
      ["name:required", 1],
    ]);
  });
});
