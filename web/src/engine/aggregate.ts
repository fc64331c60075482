import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { get } from "@/api/client";
import { queryKeys } from "@/api/query-keys";
import type { AggregateResult, Json } from "@/api/types";

export interface AggregateQuery {
  /** `stage`, `created_at:month`; absent means one group of everything. */
  group_by?: string;
  /** `count,sum(amount)`. */
  measures: string;
  filter?: string;
  q?: string;
  limit?: number;
}

export const aggregateOptions = (object: string, query: AggregateQuery) =>
  queryOptions({
    queryKey: queryKeys.aggregate(object, query),
    queryFn: ({ signal }) => get<AggregateResult>(`/records/${object}/aggregate`, { ...query }, signal),
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
