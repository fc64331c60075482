import { describe, expect, it } from "vitest";
import type { StoredObject } from "@/api/schema";
import { definitionOfObject, newObject, withLooks, withRules } from "./object-draft";

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
