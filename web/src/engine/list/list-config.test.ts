import { describe, expect, it } from "vitest";
import type { ObjectMeta } from "@/api/types";
import { readConfig, readSort, standardConfig, toggleSort, writeConfig, writeSort } from "./list-config";

describe("sorting by headers", () => {
  it("goes up, down, off", () => {
    expect(toggleSort("", "name", false)).toBe("name");
    expect(toggleSort("name", "name", false)).toBe("-name");
    expect(toggleSort("-name", "name", false)).toBe("");
    expect(toggleSort("-amount", "name", false)).toBe("name");
  });

  it("joins with shift, keeping the order", () => {
    expect(toggleSort("-amount", "name", true)).toBe("-amount,name");
    expect(toggleSort("-amount,name", "amount", true)).toBe("name");
    expect(toggleSort("amount,name", "amount", true)).toBe("-amount,name");
  });

  it("is read and written alike", () => {
    expect(readSort(" -amount , name,")).toEqual([
      { path: "amount", descending: true },
      { path: "name", descending: false },
    ]);
    expect(writeSort(readSort("-a.b,c"))).toBe("-a.b,c");
  });
});

describe("stored configurations", () => {
  const object = {
    title_field: "name",
    fields: [
      { name: "name", type: "text" },
      { name: "note", type: "long_text" },
      { name: "level", type: "select" },
    ],
  } as ObjectMeta;
  const fallback = standardConfig(object, undefined);

  it("fall back to the title and what fits a cell", () => {
    expect(fallback.columns.map((column) => column.path)).toEqual(["name", "level", "updated_at"]);
  });

  it("survive being written and read", () => {
    const config = {
      columns: [{ path: "name", width: 200 }, { path: "level" }],
      filter: "level == 'a'",
      sort: "-name",
    };
    expect(readConfig(writeConfig(config), fallback)).toEqual(config);
  });

  it("are not trusted", () => {
    expect(readConfig(null, fallback)).toEqual(fallback);
    expect(readConfig({ columns: [3, { width: 2 }, { path: "level", width: "x" }], filter: 7 }, fallback)).toEqual({
      columns: [{ path: "level" }],
      filter: "",
      sort: "",
    });
  });
});
