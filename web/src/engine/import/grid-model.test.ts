import { describe, expect, it } from "vitest";
import type { ImportColumn, ImportRow, RowProblem } from "@/api/imports";
import { beside, columnsOf, nextTrouble, placeOf, stepOf, stepped, troubledColumns } from "./grid-model";
import { emptyPart, type PartDraft } from "./plan";

const columns: ImportColumn[] = ["名称", "电话", "姓名", "邮箱", "备注"].map((header, index) => ({
  index,
  header,
  samples: [],
  field: null,
  confidence: 0,
}));
const use = (index: number, field: string | null) => ({
  column: columns[index] as ImportColumn,
  use: 0,
  field,
  options: {},
  guessed: false,
});
const parts: PartDraft[] = [
  emptyPart("", "account", [], [use(0, "name"), use(1, "phone"), use(4, "address.city")]),
  emptyPart("contact", "contact", [], [use(2, "name"), use(3, "email")]),
];
const problem = (field: string, part = ""): RowProblem => ({
  row: 2,
  part,
  field,
  code: "bad",
  message: "bad",
  value: "",
});
const row = (number: number, ...problems: RowProblem[]): ImportRow => ({
  row: number,
  cells: ["a", "b", "c", "d", "e"],
  problems,
  fixed: false,
  left_out: false,
  imported: false,
});
const rows = [row(2, problem("phone")), row(5), row(9, problem("email", "contact"), problem("address"))];
const isBad = (one: ImportRow, column: ImportColumn) =>
  one.problems.some((it) => columnsOf(it, parts, columns).includes(column.index));

describe("the sheet of rows to mend", () => {
  it("finds the columns a problem comes from: by part, by part of a field, by the head", () => {
    expect(columnsOf(problem("name"), parts, columns)).toEqual([0]);
    expect(columnsOf(problem("name", "contact"), parts, columns)).toEqual([2]);
    expect(columnsOf(problem("contact.email", "contact"), parts, columns)).toEqual([3]);
    expect(placeOf(problem("contact.email", "contact"), parts)).toEqual({ part: "contact", field: "email" });
    expect(columnsOf(problem("address"), parts, columns)).toEqual([4]);
    expect(columnsOf(problem("备注"), parts, columns)).toEqual([4]);
    expect(columnsOf(problem("owner"), parts, columns)).toEqual([]);
  });

  it("shows what is wrong, led by what the row is known by", () => {
    expect(
      troubledColumns(
        rows.flatMap((it) => it.problems),
        parts,
        columns,
      ).map((column) => column.index),
    ).toEqual([0, 1, 3, 4]);
  });

  it("walks with the arrows and stops at the edge", () => {
    const from = { row: 5, column: 1 };
    expect(stepped(from, "up", rows, columns)).toEqual({ row: 2, column: 1 });
    expect(stepped({ row: 9, column: 4 }, "down", rows, columns)).toEqual({ row: 9, column: 4 });
    expect(stepped({ row: 2, column: 0 }, "left", rows, columns)).toEqual({ row: 2, column: 0 });
    expect(stepped(from, "last", rows, columns)).toEqual({ row: 5, column: 4 });
    expect(stepped(from, "pageDown", rows, columns)).toEqual({ row: 9, column: 1 });
    expect([stepOf("ArrowRight"), stepOf("a")]).toEqual(["right", null]);
  });

  it("goes on in the next row behind the last cell", () => {
    expect(beside({ row: 2, column: 4 }, 1, rows, columns)).toEqual({ row: 5, column: 0 });
    expect(beside({ row: 5, column: 0 }, -1, rows, columns)).toEqual({ row: 2, column: 4 });
    expect(beside({ row: 9, column: 4 }, 1, rows, columns)).toBeNull();
  });

  it("goes from trouble to trouble, and round again", () => {
    const next = (place: { row: number; column: number } | null, by: 1 | -1) =>
      nextTrouble(place, by, rows, columns, isBad);
    expect(next(null, 1)).toEqual({ row: 2, column: 1 });
    expect(next({ row: 2, column: 1 }, 1)).toEqual({ row: 9, column: 3 });
    expect(next({ row: 9, column: 4 }, 1)).toEqual({ row: 2, column: 1 });
    expect(next({ row: 2, column: 1 }, -1)).toEqual({ row: 9, column: 4 });
    expect(nextTrouble(null, 1, [row(3)], columns, isBad)).toBeNull();
  });
});
