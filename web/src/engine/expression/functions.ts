import { holds, type Scope } from "./evaluate";
import { compare, DAY_MS, type DayValue, isAbsent, isDay, isDuration, isInstant, readDay, type Value } from "./value";

const TESTS = new Set(["contains", "startsWith", "endsWith", "equalsIgnoreCase", "containsAny"]);

/** Applies a sign or function to values; undefined where the browser lacks it. Null goes in, null (or no) comes out. */
export function applyFunction(name: string, values: Value[], scope: Scope): Value | undefined {
  const [first = null, second = null] = values;
  if (name === "size") return Array.isArray(first) || first === null ? (first?.length ?? 0) : size(first);
  if (name === "today") return scope.today();
  if (name === "now") return scope.now();
  if (name.startsWith("startOf") && values.length === 0) return startOf(name, scope.today(), scope);
  if (values.some((value) => value === null)) return TESTS.has(name) ? false : null;
  if (name === "contains" && Array.isArray(first)) return holds(first, second, scope);
  if (name === "containsAny") {
    return Array.isArray(second) && second.some((item) => holds(first, item, scope));
  }
  if (name === "min" || name === "max") {
    return values.reduce((best, value) => {
      const order = compare(value, best);
      return order !== null && (name === "min" ? order < 0 : order > 0) ? value : best;
    });
  }
  const computed = arithmetic(name, first, second, values.length, scope);
  if (computed !== undefined) return computed;
  return textFunction(name, first, second) ?? timeFunction(name, first, second, scope);
}

function size(value: Value): Value | undefined {
  return typeof value === "string" ? [...value].length : undefined;
}

/** A result of binary fractions, brought back to the decimal it stands for. */
function decimal(value: number): Value {
  return Number.isFinite(value) ? Number(value.toPrecision(15)) : null;
}

function arithmetic(name: string, left: Value, right: Value, count: number, scope: Scope): Value | undefined {
  if (typeof left === "number" && (count === 1 || typeof right === "number")) {
    const other = typeof right === "number" ? right : 0;
    switch (name) {
      case "+":
        return decimal(left + other);
      case "-":
        return decimal(left - other);
      case "*":
        return decimal(left * other);
      case "/":
        return decimal(left / other);
      case "%":
        return other === 0 ? null : decimal(left % other);
      case "negate":
        return -left;
      case "abs":
        return Math.abs(left);
      case "floor":
        return Math.floor(left);
      case "ceil":
        return Math.ceil(left);
      case "round": {
        const scale = 10 ** other;
        return decimal((Math.sign(left) * Math.round(Number((Math.abs(left) * scale).toPrecision(15)))) / scale);
      }
      case "days":
        return { kind: "duration", seconds: left * 86_400 };
      case "hours":
        return { kind: "duration", seconds: left * 3_600 };
      case "minutes":
        return { kind: "duration", seconds: left * 60 };
    }
  }
  if (name !== "+" && name !== "-" && name !== "*" && name !== "negate" && name !== "abs") return undefined;
  if (name === "+" && typeof left === "string" && typeof right === "string") return left + right;
  if (isDuration(left)) {
    if (name === "negate") return { kind: "duration", seconds: -left.seconds };
    if (name === "abs") return { kind: "duration", seconds: Math.abs(left.seconds) };
    if (name === "*" && typeof right === "number") return { kind: "duration", seconds: left.seconds * right };
  }
  return timeArithmetic(name, left, right, scope);
}

function timeArithmetic(name: string, left: Value, right: Value, scope: Scope): Value | undefined {
  const sign = name === "-" ? -1 : 1;
  if (name === "*") return undefined;
  if (isDuration(right)) {
    if (isDay(left)) return { kind: "day", day: left.day + Math.trunc((sign * right.seconds) / 86_400) };
    if (isInstant(left)) return { kind: "instant", at: left.at + sign * right.seconds * 1000 };
    if (isDuration(left)) return { kind: "duration", seconds: left.seconds + sign * right.seconds };
  }
  if (name !== "-") return undefined;
  if (isDay(left) && isDay(right)) return { kind: "duration", seconds: (left.day - right.day) * 86_400 };
  const instant = (value: Value) => (isDay(value) ? scope.startOfDay(value) : value);
  const [from, to] = [instant(right), instant(left)];
  if (isInstant(from) && isInstant(to)) return { kind: "duration", seconds: Math.trunc((to.at - from.at) / 1000) };
  return undefined;
}

function textFunction(name: string, text: Value, other: Value): Value | undefined {
  if (typeof text !== "string") return undefined;
  switch (name) {
    case "lower":
      return text.toLowerCase();
    case "upper":
      return text.toUpperCase();
    case "trim":
      return text.trim();
    case "text":
      return text;
  }
  if (typeof other !== "string") return undefined;
  const [whole, part] = [text.toLowerCase(), other.toLowerCase()];
  switch (name) {
    case "contains":
      return whole.includes(part);
    case "startsWith":
      return whole.startsWith(part);
    case "endsWith":
      return whole.endsWith(part);
    case "equalsIgnoreCase":
      return whole === part;
    default:
      return undefined;
  }
}

function timeFunction(name: string, value: Value, other: Value, scope: Scope): Value | undefined {
  if (name === "date") {
    if (typeof value === "string") return readDay(value);
    return isInstant(value) ? scope.dayOf(value) : isDay(value) ? value : undefined;
  }
  if (name === "datetime") {
    if (typeof value === "string") return scope.readInstant(value);
    return isDay(value) ? scope.startOfDay(value) : isInstant(value) ? value : undefined;
  }
  const day = isDay(value) ? value : isInstant(value) ? scope.dayOf(value) : null;
  if (!day) return undefined;
  const date = new Date(day.day * DAY_MS);
  switch (name) {
    case "year":
      return date.getUTCFullYear();
    case "month":
      return date.getUTCMonth() + 1;
    case "day":
      return date.getUTCDate();
    case "addMonths":
    case "addYears":
      // On an instant the wall clock must stay, which needs more of the zone than a condition is worth.
      if (!isDay(value) || typeof other !== "number") return undefined;
      return addMonths(day, name === "addYears" ? other * 12 : other);
    case "daysBetween": {
      const end = isDay(other) ? other : isInstant(other) ? scope.dayOf(other) : null;
      return end ? end.day - day.day : undefined;
    }
    default:
      return name.startsWith("startOf") && isAbsent(other) ? startOf(name, day, scope) : undefined;
  }
}

function startOf(name: string, day: DayValue, scope: Scope): Value | undefined {
  const date = new Date(day.day * DAY_MS);
  const first = (month: number): DayValue => ({
    kind: "day",
    day: Date.UTC(date.getUTCFullYear(), month, 1) / DAY_MS,
  });
  switch (name) {
    case "startOfDay":
      return scope.startOfDay(day);
    case "startOfWeek":
      return { kind: "day", day: day.day - ((date.getUTCDay() + 6) % 7) };
    case "startOfMonth":
      return first(date.getUTCMonth());
    case "startOfQuarter":
      return first(Math.floor(date.getUTCMonth() / 3) * 3);
    case "startOfYear":
      return first(0);
    default:
      return undefined;
  }
}

/** 31 January and one month is the last day of February. */
function addMonths(day: DayValue, months: number): DayValue {
  const date = new Date(day.day * DAY_MS);
  const target = date.getUTCFullYear() * 12 + date.getUTCMonth() + months;
  const [year, month] = [Math.floor(target / 12), ((target % 12) + 12) % 12];
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return { kind: "day", day: Date.UTC(year, month, Math.min(date.getUTCDate(), last)) / DAY_MS };
}
