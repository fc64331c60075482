import type { Node } from "./expression-tree";

/**
 * A point in time in a condition, written as text: a day (`2026-11-22`), an instant (`2026-11-22T08:00:00Z`), today or
 * now with days added (`today`, `today-30`, `now+7`), or the start of the current `week|month|quarter|year`.
 */
export const PERIODS = ["week", "month", "quarter", "year"] as const;
export type Period = (typeof PERIODS)[number];

const START_OF: Record<Period, string> = {
  week: "startOfWeek",
  month: "startOfMonth",
  quarter: "startOfQuarter",
  year: "startOfYear",
};

/** The first day after the period, as an expression. */
const END_OF: Record<Period, string> = {
  week: "startOfWeek() + days(7)",
  month: "addMonths(startOfMonth(), 1)",
  quarter: "addMonths(startOfQuarter(), 3)",
  year: "addYears(startOfYear(), 1)",
};

export function isPeriod(text: string): text is Period {
  return PERIODS.some((period) => period === text);
}

export function periodBounds(period: Period): { start: string; end: string } {
  return { start: `${START_OF[period]}()`, end: END_OF[period] };
}

const RELATIVE = /^(today|now)(?:([+-])(\d+))?$/;

export function momentExpression(moment: string): string {
  if (isPeriod(moment)) return `${START_OF[moment]}()`;
  const relative = RELATIVE.exec(moment);
  if (relative) {
    const [, base, sign, days] = relative;
    return sign ? `${base}() ${sign} days(${days})` : `${base}()`;
  }
  return moment.includes("T") ? `datetime("${moment}")` : `date("${moment}")`;
}

export interface RelativeMoment {
  base: "today" | "now";
  days: number;
}

export function readRelative(moment: string): RelativeMoment | null {
  const match = RELATIVE.exec(moment);
  if (!match) return null;
  return { base: match[1] === "now" ? "now" : "today", days: Number(`${match[2] ?? ""}${match[3] ?? 0}`) };
}

export function writeRelative({ base, days }: RelativeMoment): string {
  if (days === 0) return base;
  return days > 0 ? `${base}+${days}` : `${base}${days}`;
}

function baseOf(node: Node): "today" | "now" | null {
  if (node.kind !== "call" || node.target || node.args.length > 0) return null;
  return node.name === "today" || node.name === "now" ? node.name : null;
}

/** The moment an expression stands for, or null where the builder has no words for it. */
export function readMoment(node: Node): string | null {
  if (node.kind === "text")
    return /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/.test(node.value) ? node.value : null;
  const base = baseOf(node);
  if (base) return base;
  if (node.kind === "call" && !node.target) {
    const period = PERIODS.find((candidate) => START_OF[candidate] === node.name);
    if (period && node.args.length === 0) return period;
    const [argument] = node.args;
    if ((node.name === "date" || node.name === "datetime") && argument?.kind === "text") return readMoment(argument);
  }
  if (node.kind === "binary" && (node.operator === "+" || node.operator === "-")) {
    const start = baseOf(node.left);
    const { right } = node;
    if (start && right.kind === "call" && right.name === "days" && right.args[0]?.kind === "number") {
      return `${start}${node.operator}${right.args[0].value}`;
    }
  }
  return null;
}
