/** A day of no zone, as days since 1 January 1970. */
export interface DayValue {
  kind: "day";
  day: number;
}
/** An instant, in milliseconds since 1 January 1970 UTC. */
export interface InstantValue {
  kind: "instant";
  at: number;
}
export interface DurationValue {
  kind: "duration";
  seconds: number;
}
export type Value = null | boolean | number | string | DayValue | InstantValue | DurationValue | Value[];

/** Two numbers closer than this are the same: the server reckons exactly, a browser in binary fractions. */
const CLOSE = 1e-9;

export const DAY_MS = 86_400_000;

export function isDay(value: Value): value is DayValue {
  return typeof value === "object" && value !== null && !Array.isArray(value) && value.kind === "day";
}

export function isInstant(value: Value): value is InstantValue {
  return typeof value === "object" && value !== null && !Array.isArray(value) && value.kind === "instant";
}

export function isDuration(value: Value): value is DurationValue {
  return typeof value === "object" && value !== null && !Array.isArray(value) && value.kind === "duration";
}

/** No value: null, and a list without items. Empty text is a value. */
export function isAbsent(value: Value): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

export function readDay(text: string): DayValue | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text.trim());
  if (!match) return null;
  const at = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
  return new Date(at).toISOString().slice(0, 10) === text.trim() ? { kind: "day", day: at / DAY_MS } : null;
}

/** Reads `1h 30m`, `2d`; null for anything else. */
export function readDuration(text: string): DurationValue | null {
  const units: Record<string, number> = { w: 604_800, d: 86_400, h: 3_600, m: 60, s: 1 };
  if (!/^\s*-?(\d+\s*[wdhms]\s*)+$/.test(text)) return null;
  let seconds = 0;
  for (const part of text.matchAll(/(\d+)\s*([wdhms])/g)) seconds += Number(part[1]) * (units[part[2] ?? ""] ?? 0);
  return { kind: "duration", seconds: text.trim().startsWith("-") ? -seconds : seconds };
}

/** How two values stand to each other: negative, 0, positive; null where they cannot be compared. */
export function compare(left: Value, right: Value): number | null {
  if (isAbsent(left) || isAbsent(right)) return null;
  if (typeof left === "number" && typeof right === "number") {
    const difference = left - right;
    return Math.abs(difference) <= CLOSE * Math.max(1, Math.abs(left), Math.abs(right)) ? 0 : difference;
  }
  if (typeof left === "string" && typeof right === "string") {
    const [first, second] = [[...left], [...right]];
    for (let index = 0; index < Math.min(first.length, second.length); index += 1) {
      const difference = (first[index]?.codePointAt(0) ?? 0) - (second[index]?.codePointAt(0) ?? 0);
      if (difference !== 0) return difference;
    }
    return first.length - second.length;
  }
  if (typeof left === "boolean" && typeof right === "boolean") return Number(left) - Number(right);
  if (isDay(left) && isDay(right)) return left.day - right.day;
  if (isInstant(left) && isInstant(right)) return left.at - right.at;
  if (isDuration(left) && isDuration(right)) return left.seconds - right.seconds;
  return null;
}
