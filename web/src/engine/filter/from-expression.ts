import { type Node, readExpression } from "./expression-tree";
import { type Condition, type FieldOfPath, type FilterModel, type Operator, operandKind } from "./model";
import { momentExpression, PERIODS, periodBounds, readMoment } from "./moments";
import { readSource } from "./sources";

const COMPARE: Record<string, Operator> = { "==": "eq", "!=": "ne", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte" };

function flatten(node: Node, operator: string): Node[] {
  if (node.kind === "binary" && node.operator === operator) {
    return [...flatten(node.left, operator), ...flatten(node.right, operator)];
  }
  return [node];
}

function listItem(node: Node): string | null {
  if (node.kind === "text") return node.value;
  return node.kind === "path" && node.path === "me.id" ? "me" : null;
}

function listItems(node: Node | undefined): string[] | null {
  if (node?.kind !== "list") return null;
  const items = node.items.map(listItem);
  return items.every((item) => item !== null) ? items : null;
}

function sameNode(node: Node, source: string): boolean {
  return JSON.stringify(node) === JSON.stringify(readExpression(source));
}

function readCall(node: Node, fieldOf: FieldOfPath): Condition | null {
  if (node.kind !== "call") return null;
  const [argument] = node.args;
  if (!node.target) {
    return node.name === "has" && argument?.kind === "path" && fieldOf(argument.path)
      ? { path: argument.path, operator: "not_empty", value: null }
      : null;
  }
  if (node.target.kind !== "path" || node.args.length !== 1) return null;
  const { path } = node.target;
  const field = fieldOf(path);
  if (!field) return null;
  const kind = operandKind(field);
  if (kind === "text" && argument?.kind === "text") {
    if (node.name === "contains") return { path, operator: "contains", value: argument.value };
    if (node.name === "startsWith") return { path, operator: "starts_with", value: argument.value };
  }
  if (kind === "choices" || kind === "links") {
    const single = argument ? listItem(argument) : null;
    const values =
      node.name === "containsAny" ? listItems(argument) : node.name === "contains" && single !== null ? [single] : null;
    return values ? { path, operator: "any_of", value: values } : null;
  }
  return null;
}

function negate(condition: Condition | null): Condition | null {
  const opposite: Partial<Record<Operator, Operator>> = {
    not_empty: "empty",
    contains: "not_contains",
    any_of: "none_of",
    source_any_of: "source_none_of",
    is_true: "is_false",
  };
  const operator = condition ? opposite[condition.operator] : undefined;
  return condition && operator ? { ...condition, operator } : null;
}

function readComparison(node: Node, fieldOf: FieldOfPath): Condition | null {
  if (node.kind !== "binary" || node.left.kind !== "path") return null;
  const { right } = node;
  const { path } = node.left;
  const field = fieldOf(path);
  if (!field) return null;
  const kind = operandKind(field);
  const operator = COMPARE[node.operator];
  if (right.kind === "word") {
    if (right.value === "null") {
      if (operator === "eq") return { path, operator: "empty", value: null };
      return operator === "ne" ? { path, operator: "not_empty", value: null } : null;
    }
    if (kind !== "boolean" || (operator !== "eq" && operator !== "ne")) return null;
    return { path, operator: (right.value === "true") === (operator === "eq") ? "is_true" : "is_false", value: null };
  }
  if (kind === "choice" || kind === "link") {
    if (node.operator === "in") {
      const values = listItems(right);
      return values ? { path, operator: "any_of", value: values } : null;
    }
    const value = listItem(right);
    if (value === null || (operator !== "eq" && operator !== "ne")) return null;
    return { path, operator: operator === "eq" ? "any_of" : "none_of", value: [value] };
  }
  if (!operator) return null;
  if (kind === "number") return right.kind === "number" ? { path, operator, value: right.value } : null;
  if (kind === "text") {
    return right.kind === "text" && (operator === "eq" || operator === "ne")
      ? { path, operator, value: right.value }
      : null;
  }
  if (kind === "date" || kind === "datetime") return readDate(path, node, kind === "datetime");
  return null;
}

function readDate(path: string, node: Node & { kind: "binary" }, instant: boolean): Condition | null {
  const operator = COMPARE[node.operator];
  const { right } = node;
  // `x >= day + days(1)` and `x < day + days(1)` are how "after" and "up to" a whole day are written for instants.
  if (instant && right.kind === "binary" && right.operator === "+" && (operator === "gte" || operator === "lt")) {
    const day = readMoment(right.left);
    if (day !== null && sameNode(right, `${momentExpression(day)} + days(1)`) && !/^(today|now)$/.test(day)) {
      return { path, operator: operator === "gte" ? "gt" : "lte", value: day };
    }
  }
  const moment = readMoment(right);
  if (moment === null || !operator || operator === "ne") return null;
  return { path, operator: operator === "eq" ? "on" : operator, value: moment };
}

/** `(x >= start && x < end)`: a period, or one whole day. */
function readRange(node: Node, fieldOf: FieldOfPath): Condition | null {
  if (node.kind !== "binary" || node.operator !== "&&") return null;
  const { left, right } = node;
  if (left.kind !== "binary" || right.kind !== "binary" || left.left.kind !== "path" || right.left.kind !== "path")
    return null;
  const { path } = left.left;
  const field = fieldOf(path);
  if (!field || right.left.path !== path || left.operator !== ">=" || right.operator !== "<") return null;
  const kind = operandKind(field);
  if (kind !== "date" && kind !== "datetime") return null;
  for (const period of PERIODS) {
    const { start, end } = periodBounds(period);
    if (sameNode(left.right, start) && sameNode(right.right, end)) return { path, operator: "within", value: period };
  }
  const day = readMoment(left.right);
  if (day !== null && sameNode(right.right, `${momentExpression(day)} + days(1)`))
    return { path, operator: "on", value: day };
  return null;
}

function readCondition(node: Node, fieldOf: FieldOfPath): Condition | null {
  if (node.kind === "not") return negate(readCondition(node.of, fieldOf));
  if (node.kind === "path") {
    const field = fieldOf(node.path);
    return field && operandKind(field) === "boolean" ? { path: node.path, operator: "is_true", value: null } : null;
  }
  return readCall(node, fieldOf) ?? readSource(node, fieldOf) ?? readComparison(node, fieldOf);
}

/** Reads neighbouring comparisons as one range where they are one, else each by itself. */
function readAll(nodes: Node[], fieldOf: FieldOfPath): Condition[] | null {
  const conditions: Condition[] = [];
  for (let index = 0; index < nodes.length; index += 1) {
    const [node, next] = [nodes[index], nodes[index + 1]];
    if (!node) return null;
    const range = next ? readRange({ kind: "binary", operator: "&&", left: node, right: next }, fieldOf) : null;
    const condition = range ?? readCondition(node, fieldOf);
    if (!condition) return null;
    conditions.push(condition);
    if (range) index += 1;
  }
  return conditions;
}

/** The builder's lines for an expression, or null where only the expression box can show it. */
export function fromExpression(source: string, fieldOf: FieldOfPath): FilterModel | null {
  if (source.trim() === "" || source.trim() === "true") return { match: "all", conditions: [] };
  const node = readExpression(source);
  if (!node) return null;
  if (node.kind === "binary" && node.operator === "||") {
    const conditions = flatten(node, "||").map((part) => readRange(part, fieldOf) ?? readCondition(part, fieldOf));
    return conditions.every((condition) => condition !== null) ? { match: "any", conditions } : null;
  }
  const conditions = readAll(flatten(node, "&&"), fieldOf);
  return conditions ? { match: "all", conditions } : null;
}
