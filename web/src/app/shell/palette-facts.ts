import { useQueries } from "@tanstack/react-query";
import { listRecords } from "@/api/records";
import type { FieldMeta, Meta, RecordData, SearchHit } from "@/api/types";
import { findObject } from "@/engine/meta";
import { useRested } from "@/fields/reference/candidates";
import { fieldKind } from "@/fields/registry";
import { coverOf } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { excerpt, isCovered, type Range } from "@/ui/matched/ranges";
import type { Matches } from "@/ui/matched/use-matches";

/** A value of a record in which something was found that neither its title nor the line below shows. */
export interface Fact {
  field: FieldMeta;
  text: string;
  ranges: Range[];
}

/** Nothing is fetched while somebody still types, nor for more kinds of records than are in sight. */
const REST_MS = 250;
const MOST_KINDS = 5;

/** Words of the search that stand neither in the title nor in the line below it. */
function unseen(hit: SearchHit, { tokens, rangesIn }: Matches) {
  return tokens.filter((token) => ![hit.label, hit.subtitle].some((text) => rangesIn(text, [token]).length > 0));
}

/** The fields of a kind of record in which words are found, as far as the caller sees them whole. */
function searchedFields(meta: Meta, object: string): FieldMeta[] {
  const fields = findObject(meta, object)?.fields ?? [];
  return fields.filter((field) => field.searchable && !field.masked);
}

const filterFor = (ids: string[]) => `id in [${ids.map((id) => `"${id}"`).join(", ")}]`;

/**
 * Why each record was found whose title does not tell: the phone number with the digits typed, the name in the address.
 * By the list's own rights, so that a value that is covered there is neither shown nor marked.
 */
export function useMatchedFacts(meta: Meta, hits: SearchHit[], matches: Matches): Map<string, Fact> {
  const formats = useFormats();
  const asked = new Map<string, string[]>();
  for (const hit of hits) {
    if (hit.on || searchedFields(meta, hit.object).length === 0 || unseen(hit, matches).length === 0) continue;
    asked.set(hit.object, [...(asked.get(hit.object) ?? []), hit.id]);
  }
  const wanted = useRested(JSON.stringify([...asked].slice(0, MOST_KINDS)), REST_MS);
  const kinds = JSON.parse(wanted) as [string, string[]][];
  const records = useQueries({
    queries: kinds.map(([object, ids]) => ({
      queryKey: ["search", "facts", object, ids],
      queryFn: ({ signal }: { signal: AbortSignal }) => {
        const fields = searchedFields(meta, object).map(({ name }) => name);
        return listRecords(object, { filter: filterFor(ids), fields: fields.join(","), limit: ids.length }, signal);
      },
      staleTime: 15_000,
      // It is a line more: the search is there without it.
      retry: false,
    })),
    combine: (answers) =>
      new Map(answers.flatMap(({ data }) => data?.items ?? []).map((record) => [record.id, record])),
  });
  const facts = new Map<string, Fact>();
  for (const hit of hits) {
    const record = records.get(hit.id);
    const fact = record ? factOf(hit, record) : null;
    if (fact) facts.set(hit.id, fact);
  }
  return facts;

  function factOf(hit: SearchHit, record: RecordData): Fact | null {
    const missing = unseen(hit, matches);
    for (const field of searchedFields(meta, hit.object)) {
      const value = record[field.name];
      if (value === undefined || value === null || coverOf(record, field.name)) continue;
      const text = fieldKind(field).toText(value, field, formats);
      const ranges = isCovered(text) ? [] : matches.rangesIn(text, missing);
      if (ranges.length > 0) return { field, ...excerpt(text, ranges) };
    }
    return null;
  }
}
