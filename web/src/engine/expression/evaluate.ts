import { applyFunction } from "./functions";
import { parseExpression } from "./parse";
import type { Expression } from "./syntax";
import {
  compare,
  type DayValue,
  type InstantValue,
  isAbsent,
  isDay,
  isDuration,
  isInstant,
  readDay,
  readDuration,
  type Value,
} from "./value";

/** What an expression is asked about. */
export interface Scope {
  /** The value of a name; undefined where the browser does not know it (a field of a referred record). */
  lookup(segments: string[]): Value | undefined;
  now(): InstantValue;
  today(): DayValue;
  /** Midnight of a day in the viewer's zone. */
  startOfDay(day: DayValue): InstantValue;
  /** The day an instant falls on in the viewer's zone. */
  dayOf(at: InstantValue): DayValue;
  /** A date and time written without an offset, in the viewer's zone. */
  readInstant(text: string): InstantValue | null;
}

/** The browser cannot answer: a name it does not know, a function it lacks. The server decides alone. */
export class Unanswerable extends Error {}

/** Computes by the rules of docs/expressions.md. Throws `Unanswerable` rather than guess. */
export function evaluate(expression: Expression, scope: Scope): Value {
  switch (expression.kind) {
    case "literal":
      return expression.value;
    case "path": {
      const value = scope.lookup(expression.segments);
      if (value === undefined) throw new Unanswerable(expression.segments.join("."));
      return value;
    }
    case "list":
      return expression.items.map((item) => evaluate(item, scope));
    case "choice":
      return evaluate(evaluate(expression.condition, scope) === true ? expression.then : expression.otherwise, scope);
    case "call":
      return call(expression.name, expression.args, scope);
  }
}

/** Short-circuits as the server does, and lets a known `false && unknown` be false whichever side is unknown. */
function joined(isOr: boolean, args: Expression[], scope: Scope): boolean {
  let unknown: Unanswerable | null = null;
  for (const argument of args) {
    try {
      if ((evaluate(argument, scope) === true) === isOr) return isOr;
    } catch (error) {
      if (!(error instanceof Unanswerable)) throw error;
      unknown = error;
    }
  }
  if (unknown) throw unknown;
  return !isOr;
}

function call(name: string, args: Expression[], scope: Scope): Value {
  if (name === "&&" || name === "||") return joined(name === "||", args, scope);
  if (name === "coalesce") {
    for (const argument of args) {
      const value = evaluate(argument, scope);
      if (!isAbsent(value)) return value;
    }
    return null;
  }
  const asksForNull = (index: number) => {
    const other = args[index];
    return other?.kind === "literal" && other.value === null;
  };
  if ((name === "==" || name === "!=") && (asksForNull(0) || asksForNull(1))) {
    const [left, right] = args.map((argument) => evaluate(argument, scope));
    return isAbsent(asksForNull(0) ? (right ?? null) : (left ?? null)) === (name === "==");
  }
  const values = args.map((argument) => evaluate(argument, scope));
  const [left = null, right = null] = values;
  switch (name) {
    case "!":
      return left !== true;
    case "==":
      return equals(left, right, scope);
    case "!=":
      return !equals(left, right, scope);
    case "<":
    case "<=":
    case ">":
    case ">=":
      return inOrder(name, left, right, scope);
    case "in":
      return holds(right, left, scope);
    case "has":
      return !isAbsent(left);
    default: {
      const result = applyFunction(name, values, scope);
      if (result === undefined) throw new Unanswerable(name);
      return result;
    }
  }
}

/** Reads a text beside a date, datetime or duration as one, and a date beside a datetime as its start. */
export function align(left: Value, right: Value, scope: Scope): [Value, Value] {
  return [alignOne(left, right, scope), alignOne(right, left, scope)];
}

function alignOne(value: Value, beside: Value, scope: Scope): Value {
  if (typeof value === "string") {
    if (isDay(beside)) return readDay(value) ?? value;
    if (isDuration(beside)) return readDuration(value) ?? value;
    if (isInstant(beside)) {
      const day = readDay(value);
      return (day ? scope.startOfDay(day) : scope.readInstant(value)) ?? value;
    }
  }
  return isDay(value) && isInstant(beside) ? scope.startOfDay(value) : value;
}

function equals(left: Value, right: Value, scope: Scope): boolean {
  if (isAbsent(left) || isAbsent(right)) return false;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => equals(item, right[index] ?? null, scope));
  }
  const [first, second] = align(left, right, scope);
  return compare(first, second) === 0;
}

function inOrder(sign: string, left: Value, right: Value, scope: Scope): boolean {
  const order = compare(...align(left, right, scope));
  if (order === null) return false;
  if (sign === "<") return order < 0;
  if (sign === "<=") return order <= 0;
  return sign === ">" ? order > 0 : order >= 0;
}

/** `x in [..]`: an absent `x` only in a list that names null. */
export function holds(list: Value, item: Value, scope: Scope): boolean {
  if (!Array.isArray(list)) return false;
  if (isAbsent(item)) return list.some((candidate) => candidate === null);
  return list.some((candidate) => equals(item, candidate, scope));
}

const parsed = new Map<string, Expression>();

/**
 * Whether a condition holds; null where the browser cannot tell (then the server's word counts). What has been read
 * once is kept: forms ask the same few conditions at every key stroke.
 */
export function conditionHolds(source: string, scope: Scope): boolean | null {
  try {
    let expression = parsed.get(source);
    if (!expression) {
      expression = parseExpression(source);
      parsed.set(source, expression);
    }
    return evaluate(expression, scope) === true;
  } catch {
    return null;
  }
}
