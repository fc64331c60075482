import { describe, expect, it } from "vitest";
import type { FieldMeta, FieldType } from "@/api/types";
import { readExpression } from "./expression-tree";
import { fromExpression } from "./from-expression";
import type { Condition, FilterModel } from "./model";
import { toExpression } from "./to-expression";

const types: Record<string, FieldType> = {
  name: "text",
  phone: "phone",
  amount: "money",
  score: "number",
  active: "boolean",
  level: "select",
  channels: "multi_select",
  owner: "user",
  tags: "tags",
  close_date: "date",
  last_activity_at: "datetime",
  "account.name": "text",
  location: "geo",
};

const fieldOf = (path: string): Pick<FieldMeta, "type"> | null => {
  const type = types[path];
  return type ? { type } : null;
};

const all = (...conditions: Condition[]): FilterModel => ({ match: "all", conditions });

describe("conditions and their expressions, both ways", () => {
  const cases: [Condition, string][] = [
    [{ path: "name", operator: "contains", value: '星河 "智能"' }, 'name.contains("星河 \\"智能\\"")'],
    [{ path: "name", operator: "not_contains", value: "x\\y" }, '!name.contains("x\\\\y")'],
    [{ path: "account.name", operator: "starts_with", value: "上海" }, 'account.name.startsWith("上海")'],
    [{ path: "name", operator: "ne", value: "a" }, 'name != "a"'],
    [{ path: "phone", operator: "empty", value: null }, "!has(phone)"],
    [{ path: "location", operator: "not_empty", value: null }, "has(location)"],
    [{ path: "amount", operator: "gte", value: "100000" }, "amount >= 100000"],
    [{ path: "score", operator: "lt", value: "-2.5" }, "score < -2.5"],
    [{ path: "active", operator: "is_true", value: null }, "active == true"],
    [{ path: "active", operator: "is_false", value: null }, "active == false"],
    [{ path: "level", operator: "any_of", value: ["a"] }, 'level == "a"'],
    [{ path: "level", operator: "none_of", value: ["a"] }, 'level != "a"'],
    [{ path: "level", operator: "any_of", value: ["a", "b"] }, 'level in ["a", "b"]'],
    [{ path: "level", operator: "none_of", value: ["a", "b"] }, '!(level in ["a", "b"])'],
    [{ path: "owner", operator: "any_of", value: ["me"] }, "owner == me.id"],
    [{ path: "owner", operator: "any_of", value: ["me", "u-2"] }, 'owner in [me.id, "u-2"]'],
    [{ path: "tags", operator: "any_of", value: ["t-1", "t-2"] }, 'tags.containsAny(["t-1", "t-2"])'],
    [{ path: "channels", operator: "none_of", value: ["sms"] }, '!channels.containsAny(["sms"])'],
    [{ path: "close_date", operator: "on", value: "2026-11-22" }, 'close_date == date("2026-11-22")'],
    [{ path: "close_date", operator: "lte", value: "today+30" }, "close_date <= today() + days(30)"],
    [{ path: "close_date", operator: "gte", value: "month" }, "close_date >= startOfMonth()"],
    [
      { path: "close_date", operator: "within", value: "quarter" },
      "(close_date >= startOfQuarter() && close_date < addMonths(startOfQuarter(), 3))",
    ],
    [
      { path: "last_activity_at", operator: "on", value: "today" },
      "(last_activity_at >= today() && last_activity_at < today() + days(1))",
    ],
    [
      { path: "last_activity_at", operator: "lte", value: "2026-11-22" },
      'last_activity_at < date("2026-11-22") + days(1)',
    ],
    [{ path: "last_activity_at", operator: "lt", value: "now-90" }, "last_activity_at < now() - days(90)"],
    [{ path: "phone", operator: "source_any_of", value: ["imported"] }, 'source(phone) == "imported"'],
    [
      { path: "level", operator: "source_any_of", value: ["enriched", "merged"] },
      'source(level) in ["enriched", "merged"]',
    ],
    [{ path: "phone", operator: "source_none_of", value: ["entered"] }, 'source(phone) != "entered"'],
    [{ path: "tags", operator: "source_none_of", value: ["bulk", "action"] }, '!(source(tags) in ["bulk", "action"])'],
    [{ path: "phone", operator: "source_since", value: "today-7" }, "sourceAt(phone) >= today() - days(7)"],
  ];

  it.each(cases)("%o <-> %s", (condition, expression) => {
    expect(toExpression(all(condition), fieldOf)).toBe(expression);
    expect(fromExpression(expression, fieldOf)).toEqual(all(condition));
  });

  it("joins with and, and with or", () => {
    const conditions = cases.map(([condition]) => condition);
    for (const match of ["all", "any"] as const) {
      const model = { match, conditions };
      expect(fromExpression(toExpression(model, fieldOf), fieldOf)).toEqual(model);
    }
  });
});

describe("reading what people and views write", () => {
  it("takes single quotes, null and bare booleans", () => {
    expect(fromExpression("level == 'a' && phone == null && active", fieldOf)).toEqual(
      all(
        { path: "level", operator: "any_of", value: ["a"] },
        { path: "phone", operator: "empty", value: null },
        { path: "active", operator: "is_true", value: null },
      ),
    );
    expect(fromExpression("!active", fieldOf)).toEqual(all({ path: "active", operator: "is_false", value: null }));
  });

  it("reads the views that come with the product", () => {
    expect(fromExpression("owner == me.id && close_date <= today()", fieldOf)?.conditions).toHaveLength(2);
    expect(
      fromExpression("level in ['retain', 'grow'] && last_activity_at < now() - days(90)", fieldOf),
    ).not.toBeNull();
  });

  it("leaves to the expression box what it cannot show", () => {
    for (const source of [
      "(level == 'a' || level == 'b') && active",
      "size(name) > 3",
      "amount >= score",
      "name.contains(",
      "unknown == 1",
      "amount > 1 ? true : false",
      'name == "open',
      "level > 'a'",
    ]) {
      expect(fromExpression(source, fieldOf), source).toBeNull();
    }
  });

  it("means everything by nothing", () => {
    expect(fromExpression("", fieldOf)).toEqual(all());
    expect(fromExpression(" true ", fieldOf)).toEqual(all());
    expect(toExpression(all(), fieldOf)).toBe("");
  });
});

describe("lines still being filled in", () => {
  it("are left out", () => {
    const model = all(
      { path: "", operator: "eq", value: "x" },
      { path: "name", operator: "contains", value: "" },
      { path: "level", operator: "any_of", value: [] },
      { path: "gone", operator: "eq", value: "1" },
      { path: "score", operator: "eq", value: "abc" },
      { path: "score", operator: "eq", value: "0" },
    );
    expect(toExpression(model, fieldOf)).toBe("score == 0");
  });
});

describe("the expression reader", () => {
  it("binds || weaker than && weaker than comparison", () => {
    expect(readExpression("a == 1 || b == 2 && c")).toMatchObject({
      operator: "||",
      right: { operator: "&&", left: { operator: "==" } },
    });
  });

  it("does not mistake a text for a symbol", () => {
    expect(readExpression('a == "&&"')).toMatchObject({ right: { kind: "text", value: "&&" } });
    expect(readExpression('["]", "in"]')).toMatchObject({ kind: "list", items: [{ value: "]" }, { value: "in" }] });
  });
});
