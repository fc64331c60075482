import { describe, expect, it } from "vitest";
import type { RecordData } from "@/api/types";
import { belowItself, type DepartmentNode, departmentPaths, departmentTree } from "./department-tree";

const department = (id: string, parent: string | null) =>
  ({ id, name: id.toUpperCase(), parent: parent ? { id: parent, label: parent } : null }) as unknown as RecordData;
const shape = (nodes: DepartmentNode[]): unknown => nodes.map((node) => [node.record.id, shape(node.children)]);

describe("the tree of departments", () => {
  it("hangs each below its parent, whatever the order", () => {
    const tree = departmentTree([
      department("team", "east"),
      department("company", null),
      department("east", "company"),
    ]);
    expect(shape(tree)).toEqual([["company", [["east", [["team", []]]]]]]);
  });

  it("loses nobody whose parent is out of sight or who is part of a ring", () => {
    const tree = departmentTree([
      department("a", "b"),
      department("b", "a"),
      department("c", "a"),
      department("d", "gone"),
    ]);
    expect(shape(tree)).toEqual([
      ["a", [["c", []]]],
      ["b", []],
      ["d", []],
    ]);
  });

  it("knows where a department cannot go, and how each is reached", () => {
    const tree = departmentTree([
      department("company", null),
      department("east", "company"),
      department("team", "east"),
      department("west", "company"),
    ]);
    expect([...belowItself(tree, "east")]).toEqual(["east", "team"]);
    expect([...belowItself(tree, "company")]).toEqual(["company", "east", "team", "west"]);
    expect(belowItself(tree, "nobody").size).toBe(0);
    expect(departmentPaths(tree).map(({ path }) => path.join("/"))).toEqual([
      "COMPANY",
      "COMPANY/EAST",
      "COMPANY/EAST/TEAM",
      "COMPANY/WEST",
    ]);
  });
});
