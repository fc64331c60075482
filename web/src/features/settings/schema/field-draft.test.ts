import { describe, expect, it } from "vitest";
import type { FieldDefinition } from "@/api/schema";
import type { FieldType } from "@/api/types";
import { definitionOf, draftOf, type FieldDraft, nameFrom, nameProblem, newField, readProblem } from "./field-draft";
import { FIELD_KEYS, keysOf, TYPE_GROUPS } from "./field-keys";

const draft = (more: Partial<FieldDraft>): FieldDraft => ({
  ...newField(),
  name: "level",
  label: { "zh-CN": "级别", en: "Level" },
  ...more,
});

describe("a field being edited", () => {
  it("becomes a definition with nothing in it that was not said", () => {
    expect(definitionOf(draft({}))).toEqual({ name: "level", type: "text", label: { "zh-CN": "级别", en: "Level" } });
  });

  it("keeps where its choices stand instead of copying them", () => {
    const options = [{ value: "a", label: { "zh-CN": "甲", en: "A" } }];
    const elsewhere = { ...draft({ type: "select", options }), options_of: "lead.source" };
    expect(definitionOf(elsewhere)).toMatchObject({ type: "select", options_of: "lead.source" });
    expect(definitionOf(elsewhere)).not.toHaveProperty("options");
    expect(definitionOf(draft({ type: "select", options }))).toMatchObject({ options: [{ value: "a" }] });
  });

  it("leaves out what its type does not know, whatever was typed before the type was changed", () => {
    const everything = draft({
      required: true,
      unique: true,
      searchable: true,
      indexed: true,
      default: "x",
      options: [{ value: "a", label: { "zh-CN": "甲", en: "" } }],
      target: "account",
      on_delete: "cascade",
      scale: 2,
      min: 1,
      max: 9,
      max_length: 10,
      pattern: "a+",
      form: "credit_code",
      required_when: "true",
      read_only_when: "false",
      expression: "1 + 1",
    });
    for (const { types } of TYPE_GROUPS) {
      for (const type of types) {
        const definition = definitionOf({ ...everything, type });
        const keys = keysOf(type, everything.result);
        for (const key of FIELD_KEYS) {
          if (!keys.has(key)) expect(definition, `${type}.${key}`).not.toHaveProperty(key);
        }
      }
    }
    expect(definitionOf({ ...everything, type: "formula" })).toEqual({
      name: "level",
      type: "formula",
      label: { "zh-CN": "级别", en: "Level" },
      expression: "1 + 1",
      result: "decimal",
      indexed: true,
      scale: 2,
    });
  });

  it("offers every type once", () => {
    const types = TYPE_GROUPS.flatMap((group) => group.types);
    expect(new Set(types).size).toBe(types.length);
    expect(types).toHaveLength(31 satisfies number);
    expect(types).toContain("rollup" satisfies FieldType);
  });

  it("keeps an untouched definition as it is, the moves between states too", () => {
    const stage: FieldDefinition = {
      name: "stage",
      type: "select",
      label: { "zh-CN": "阶段", en: "Stage" },
      required: true,
      default: "new",
      options: [
        { value: "new", label: { "zh-CN": "新", en: "New" }, color: "gray", next: ["won"], probability: 10 },
        { value: "won", label: { "zh-CN": "赢", en: "Won" }, closed: true, won: true, probability: 0 },
        { value: "old", label: { "zh-CN": "旧", en: "Old" }, retired: true },
      ],
    };
    expect(definitionOf(draftOf(stage))).toEqual(stage);
    const rollup: FieldDefinition = {
      name: "n",
      type: "rollup",
      label: { "zh-CN": "数", en: "N" },
      rollup: { object: "opportunity", via: "account", function: "sum", field: "amount", filter: "amount > 0" },
    };
    expect(definitionOf(draftOf(rollup))).toEqual(rollup);
    const count = draftOf(rollup);
    expect(definitionOf({ ...count, rollup: { ...count.rollup, function: "count", filter: " " } }).rollup).toEqual({
      object: "opportunity",
      via: "account",
      function: "count",
    });
  });

  it("lets one language lend its label to the other", () => {
    expect(definitionOf(draft({ label: { "zh-CN": " 级别 ", en: "" } })).label).toEqual({
      "zh-CN": "级别",
      en: "级别",
    });
  });

  it("makes and checks names", () => {
    expect(nameFrom("Credit Limit (CNY)")).toBe("credit_limit_cny");
    expect(nameFrom("3rd party")).toBe("rd_party");
    expect(nameFrom("授信额度")).toBe("");
    expect(nameProblem("credit", [])).toBeNull();
    expect(nameProblem("credit", ["credit"])).toBe("taken");
    expect(nameProblem("a__b", [])).toBe("bad");
    expect(nameProblem("id", [])).toBe("reserved");
    expect(nameProblem("", [])).toBe("empty");
  });

  it("finds the place of a problem in its expression", () => {
    const of = () => "amount +\n  foo";
    expect(readProblem("expression: line 2, column 3: unknown field `foo`", of)).toEqual({
      key: "expression",
      position: 11,
      message: "unknown field `foo`",
    });
    expect(readProblem("expression: 第2行第3列：没有字段 foo", of)).toEqual({
      key: "expression",
      position: 11,
      message: "没有字段 foo",
    });
    expect(readProblem("max_length: must be from 1 to 600", of)).toEqual({
      key: "max_length",
      position: null,
      message: "must be from 1 to 600",
    });
    expect(readProblem("字段“x”已存在", of)).toEqual({ key: null, position: null, message: "字段“x”已存在" });
  });
});
