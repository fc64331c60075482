import type { Json, Label } from "@/api/types";
import { addDays } from "@/engine/calendar/days";
import { asText, isObject } from "@/fields/values";
import type { Span } from "./period";

export const COST = "campaign_cost";
export const COST_BY_SOURCE = "cost_by_source";

/** What leads of one source cost and brought, or of all together; what the caller may not see, or cannot be told, is null. */
export interface SourceCost {
  /** Null for deals that name none. */
  source: string | null;
  label: Label | null;
  cost: number;
  leads: number | null;
  conversions: number | null;
  won: number | null;
  wonAmount: number | null;
  perLead: number | null;
  perConversion: number | null;
  /** For each unit of money won. */
  perWon: number | null;
  /** Won amount by cost. */
  back: number | null;
}

export interface Costs {
  currency: string;
  rows: SourceCost[];
  total: SourceCost;
  /** Objects of which the caller may not see enough. */
  hidden: string[];
  /** Amounts left out, since their currency has no rate. */
  withoutRate: number;
  /** The caller sees only some of the costs, leads or deals; what that would make wrong is null. */
  partial: boolean;
}

/** The days of a span as the action takes them: both included. */
export const daysAsked = (span: Span): { from: string; to: string } => ({ from: span.from, to: addDays(span.to, -1) });

const numberOrNull = (value: Json | undefined): number | null => {
  const number = value === null || value === undefined ? Number.NaN : Number(value);
  return Number.isFinite(number) ? number : null;
};

function readRow(json: Json | undefined): SourceCost {
  const row = isObject(json) ? json : {};
  const of = (name: string) => numberOrNull(row[name]);
  return {
    source: typeof row.source === "string" ? row.source : null,
    label: isObject(row.label) ? (row.label as unknown as Label) : null,
    cost: of("cost") ?? 0,
    leads: of("leads"),
    conversions: of("conversions"),
    won: of("won"),
    wonAmount: of("won_amount"),
    perLead: of("cost_per_lead"),
    perConversion: of("cost_per_conversion"),
    perWon: of("cost_per_won"),
    back: of("return_on_cost"),
  };
}

/** The answer of the action; null where it is none. */
export function readCosts(answer: Json | undefined): Costs | null {
  if (!isObject(answer) || !Array.isArray(answer.rows)) return null;
  return {
    currency: asText(answer.currency),
    rows: answer.rows.map((row) => readRow(row as Json)),
    total: readRow(answer.total),
    hidden: Array.isArray(answer.hidden) ? answer.hidden.map(String) : [],
    withoutRate: numberOrNull(answer.without_rate) ?? 0,
    partial: answer.partial === true,
  };
}
