import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { metaOptions } from "@/api/queries";
import { queryKeys } from "@/api/query-keys";
import { listRecords } from "@/api/records";
import type { FieldValues, ListQuery, ObjectMeta, Reference } from "@/api/types";
import { asReference } from "../values";
import { titleText } from "./title";

const LIMIT = 20;

/** Follows a value after it has rested for `delay` milliseconds. */
export function useRested<T>(value: T, delay = 180): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), delay);
    return () => clearTimeout(timer);
  }, [value, delay]);
  return rested;
}

/** The references of a record at hand that a record of `target` may have too: both belong to the same account. */
export function sharedReferences(
  target: ObjectMeta | null,
  values: FieldValues | undefined,
): { [field: string]: Reference } {
  const shared: { [field: string]: Reference } = {};
  for (const field of target?.fields ?? []) {
    if (field.type !== "reference" || field.read_only) continue;
    const reference = asReference(values?.[field.name]);
    if (reference) shared[field.name] = reference;
  }
  return shared;
}

/**
 * What to offer before anything is typed: records that belong to the same ones as the record at hand, such as the
 * contacts of the account already chosen. Typing searches all.
 */
export function siblingFilter(target: ObjectMeta | null, values: FieldValues | undefined): string | undefined {
  const conditions = Object.entries(sharedReferences(target, values)).map(
    ([name, reference]) => `${name} == "${reference.id}"`,
  );
  return conditions.length > 0 ? conditions.join(" && ") : undefined;
}

/** One condition of two, either of which may be missing. */
export function bothOf(one: string | undefined, other: string | undefined): string | undefined {
  return one && other ? `(${one}) && (${other})` : (one ?? other);
}

/**
 * Records of an object that match what was typed (pinyin too, the server's `q`), as references. `first`: what is
 * offered while nothing is typed; `offered`: what alone may be chosen.
 */
export function useReferenceCandidates(
  object: string,
  text: string,
  enabled: boolean,
  first?: string,
  offered?: string,
) {
  const meta = useQuery(metaOptions).data;
  const target = meta?.objects.find((candidate) => candidate.name === object);
  const title = target?.title_field ?? "name";
  const q = useRested(text.trim());
  const filter = bothOf(offered, q ? undefined : first);
  const query: ListQuery = { limit: LIMIT, fields: title, ...(q ? { q } : {}), ...(filter ? { filter } : {}) };
  return useQuery({
    queryKey: queryKeys.list(object, query),
    queryFn: ({ signal }) => listRecords(object, query, signal),
    enabled: enabled && object !== "",
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    select: (page): Reference[] => page.items.map((item) => ({ id: item.id, label: titleText(item[title]) })),
  });
}
