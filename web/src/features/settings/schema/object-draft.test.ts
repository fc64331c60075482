import { describe, expect, it } from "vitest";
import type { StoredObject } from "@/api/schema";
import {
  definitionOfObject,
  freeName,
  newObject,
  standardOf,
  withIndexes,
  withLooks,
  withRecordView,
  withRules,
  withViews,
} from "./object-draft";
import { moved } from "./order-tools";

const label = (text: string) => ({ "zh-CN": text, en: text });
const looks = { label: { "zh-CN": "设备", en: "" }, plural: label(""), help: label(""), icon: "tool", color: "blue" };
const stored = {
  name: "equipment",
  label: label("设备"),
  help: label("旧"),
  title_field: "name",
  owned: true,
  app: "",
  origin: "custom",
  index: [{ fields: ["name"] }],
  rule: [{ name: "r", expression: "true", message: label("x") }],
  field: [
    { name: "id", type: "reference", label: label("编号"), origin: "system" },
    { name: "owner", type: "user", label: label("负责人"), origin: "standard" },
    { name: "name", type: "text", label: label("名称"), origin: "custom", required: true },
  ],
} as unknown as StoredObject;

describe("an object being edited", () => {
  it("starts with a field that names its records, and a list", () => {
    const made = newObject("equipment", looks, label(""), false);
    expect(made).toMatchObject({
      name: "equipment",
      label: label("设备"),
      plural: label("设备"),
      title_field: "name",
      owned: false,
    });
    expect(made).not.toHaveProperty("help");
    expect(made.field?.map((field) => [field.name, field.required])).toEqual([["name", true]]);
    expect(made.views).toMatchObject({ list: [{ name: "all", columns: ["name", "updated_at"] }] });
    expect(newObject("equipment", looks, label(""), true).views).toMatchObject({
      list: [{ columns: ["name", "owner", "updated_at"] }],
    });
  });

  it("goes back to the server without what the server added", () => {
    expect(definitionOfObject(stored)).toEqual({
      name: "equipment",
      label: label("设备"),
      help: label("旧"),
      title_field: "name",
      owned: true,
      index: [{ fields: ["name"] }],
      rule: [{ name: "r", expression: "true", message: label("x") }],
      field: [{ name: "name", type: "text", label: label("名称"), required: true }],
    });
  });

  it("changes looks and rules and nothing else", () => {
    const renamed = withLooks(stored, { ...looks, label: label("机器") });
    expect(renamed).toMatchObject({ label: label("机器"), icon: "tool", rule: [{ name: "r" }] });
    expect(renamed).not.toHaveProperty("help");
    expect(withRules(stored, [])).not.toHaveProperty("rule");
    expect(withRules(stored, [])).toMatchObject({ label: label("设备"), help: label("旧") });
  });
});

describe("a standard object being changed", () => {
  const list = { name: "all", label: label("全部"), columns: ["name"] };
  const section = { name: "basic", label: label("基本"), fields: ["name"] };
  const standard = {
    ...stored,
    origin: "standard",
    app: "customers",
    standard: { name: "equipment", label: label("标准"), title_field: "name", index: [] },
    settled: [{ field: "state", renamed: "custom_state", at: "2026-11-28T00:00:00Z" }],
    views: {
      list: [list],
      board: { group_by: "state", card: ["name"] },
      record: { key_facts: ["name"], section: [section], quick_log: ["call"] },
    },
  } as unknown as StoredObject;

  it("leaves its fields alone and takes neither its origin nor its standard back to the server", () => {
    const definition = definitionOfObject(standard);
    expect(definition.field).toEqual([]);
    for (const told of ["standard", "settled", "origin", "app"]) expect(definition).not.toHaveProperty(told);
  });

  it("changes one part of the views and keeps the others", () => {
    const next = withViews(standard, { list: [list, { ...list, name: "custom_list_2" }] });
    expect(next.views?.list?.map((one) => one.name)).toEqual(["all", "custom_list_2"]);
    expect(next.views).toMatchObject({ board: { group_by: "state" }, record: { quick_log: ["call"] } });
    const facts = withRecordView(standard, { key_facts: ["state", "name"] });
    expect(facts.views?.record).toEqual({ key_facts: ["state", "name"], section: [section], quick_log: ["call"] });
  });

  it("takes a board away for good, and indexes when none is left", () => {
    expect(withViews(standard, { board: undefined }).views).not.toHaveProperty("board");
    expect(withIndexes(standard, [])).not.toHaveProperty("index");
    expect(withIndexes(standard, [{ fields: ["state", "name"], unique: true }])).toMatchObject({
      index: [{ fields: ["state", "name"], unique: true }],
      field: [],
    });
  });

  it("knows what it goes back to", () => {
    expect(standardOf(standard)?.label).toEqual(label("标准"));
    const { standard: _standard, ...unchanged } = standard;
    expect(standardOf(unchanged as StoredObject)?.label).toEqual(label("设备"));
    expect(standardOf(stored)).toBeNull();
  });

  it("names what is added so that no later version can bring the same", () => {
    expect(freeName(standard, "list", ["all"])).toBe("custom_list_2");
    expect(freeName(standard, "list", ["all", "custom_list_3"])).toBe("custom_list_4");
    expect(freeName(stored, "rule", [])).toBe("rule_1");
  });
});

describe("moving an item", () => {
  it("puts it one up or down and leaves the list it came from as it was", () => {
    const items = ["a", "b", "c"];
    expect(moved(items, 2, -1)).toEqual(["a", "c", "b"]);
    expect(moved(items, 0, 1)).toEqual(["b", "a", "c"]);
    expect(items).toEqual(["a", "b", "c"]);
  });
});
