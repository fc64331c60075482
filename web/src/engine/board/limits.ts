import type { AggregateResult, Json, RecordData } from "@/api/types";
import { asReference, asText } from "@/fields/values";
import type { ColumnSettings } from "./hints";

/** Somebody with more cards in a column than its settings want. */
export interface OverLimit {
  column: string;
  owner: string;
  count: number;
  limit: number;
}

/**
 * Who has more cards in a column than its settings want. `counts` are grouped by column, owner and what the settings
 * share with the records; `settings` are the records of the settings that the caller sees.
 */
export function overLimits(
  counts: AggregateResult | undefined,
  settings: RecordData[],
  { column, limit, of }: ColumnSettings,
): OverLimit[] {
  const limitOf = (key: Json | undefined, shared: Json | undefined): number | null => {
    const found = settings.find((one) => asText(one[column]) === key && asReference(one[of.name])?.id === shared);
    const number = Number(found?.[limit] ?? 0);
    return number > 0 ? number : null;
  };
  return (counts?.groups ?? []).flatMap((group) => {
    const [key, owner, shared] = group.keys;
    const most = limitOf(key, shared);
    const count = Number(group.values.count ?? 0);
    if (most === null || count <= most || !owner) return [];
    return [{ column: String(key), owner: asText(group.labels[1] as Json), count, limit: most }];
  });
}
