import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { queryKeys } from "@/api/query-keys";
import { aggregate } from "@/api/records";
import type { AggregateQuery, AggregateResult, FieldMeta, Json, Money } from "@/api/types";

export const aggregateOptions = (object: string, query: AggregateQuery) =>
  queryOptions({
    queryKey: queryKeys.aggregate(object, query),
    queryFn: ({ signal }) => aggregate(object, query, signal),
    staleTime: 30_000,
  });

/** Groups and measures over what the caller may see. */
export function useAggregate(object: string, query: AggregateQuery, options: { enabled?: boolean } = {}) {
  return useQuery({
    ...aggregateOptions(object, query),
    enabled: options.enabled ?? true,
    placeholderData: keepPreviousData,
  });
}

const ofKey = (result: AggregateResult | undefined, key: Json | undefined) =>
  result?.groups.filter((group) => key === undefined || (group.keys[0] ?? null) === key) ?? [];

function numberOf(value: Json | undefined): number {
  const number = Number(value ?? 0);
  return Number.isFinite(number) ? number : 0;
}

/**
 * A count or sum as a number, of the groups whose first key this is, or of all; sums come as decimal text. Absent groups
 * count nothing.
 */
export function measureOf(result: AggregateResult | undefined, measure: string, key?: Json): number {
  return ofKey(result, key).reduce((sum, group) => sum + numberOf(group.values[measure]), 0);
}

/** What to ask for the count and the sum of a field by these keys. Amounts of money are summed currency by currency. */
export function sumQuery(field: FieldMeta | null, ...keys: string[]): Pick<AggregateQuery, "group_by" | "measures"> {
  const groups = field?.type === "money" ? [...keys, `${field.name}.currency`] : keys;
  return {
    ...(groups.length > 0 ? { group_by: groups.join(",") } : {}),
    measures: field ? `count,sum(${field.name})` : "count",
  };
}

/**
 * The sums of a money field asked for with `sumQuery`: one per currency, the company's own first. What is in different
 * currencies is never added up.
 */
export function moneySums(result: AggregateResult | undefined, field: FieldMeta, own: string, key?: Json): Money[] {
  const sums = new Map<string, number>();
  for (const group of ofKey(result, key)) {
    const currency = group.keys.at(-1);
    const amount = numberOf(group.values[`sum(${field.name})`]);
    if (typeof currency === "string" && amount !== 0) sums.set(currency, (sums.get(currency) ?? 0) + amount);
  }
  const rank = (currency: string) => (currency === own ? "" : currency);
  return [...sums]
    .sort(([left], [right]) => rank(left).localeCompare(rank(right)))
    .map(([currency, amount]) => ({ currency, amount: String(Math.round(amount)) }));
}

/** Joins conditions with "and"; each may itself be any expression. Empty ones and `true` say nothing. */
export function allOf(...conditions: (string | null | undefined)[]): string {
  const said = conditions.filter((condition) => condition && condition.trim() !== "true") as string[];
  if (said.length <= 1) return said[0] ?? "";
  return said.map((condition) => (/\|\||\?/.test(condition) ? `(${condition})` : condition)).join(" && ");
}
