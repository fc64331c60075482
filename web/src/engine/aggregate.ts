import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { queryKeys } from "@/api/query-keys";
import { aggregate } from "@/api/records";
import type { AggregateQuery, AggregateResult, Json } from "@/api/types";

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

/** A measure as a number; sums of money come as decimal text. Absent groups count nothing. */
export function measureOf(result: AggregateResult | undefined, measure: string, key?: Json): number {
  const group =
    key === undefined ? result?.groups[0] : result?.groups.find((candidate) => (candidate.keys[0] ?? null) === key);
  const number = Number(group?.values[measure] ?? 0);
  return Number.isFinite(number) ? number : 0;
}

/** Joins conditions with "and"; each may itself be any expression. Empty ones and `true` say nothing. */
export function allOf(...conditions: (string | null | undefined)[]): string {
  const said = conditions.filter((condition) => condition && condition.trim() !== "true") as string[];
  if (said.length <= 1) return said[0] ?? "";
  return said.map((condition) => (/\|\||\?/.test(condition) ? `(${condition})` : condition)).join(" && ");
}
