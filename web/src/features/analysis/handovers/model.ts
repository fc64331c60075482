import type { AggregateResult, Json } from "@/api/types";
import { allOf } from "@/engine/aggregate";
import { isKey } from "@/engine/filter/is-key";

export const HANDOVER = "handover";

/** Seconds as hours, which tables of offices reckon in. */
const HOUR = 3_600;

/** The departments that receive, or those that give. */
export type Side = "to_department" | "from_department";
export const SIDES: Side[] = ["to_department", "from_department"];

export const WANTED = {
  offered: "",
  accepted: "state in ['accepted', 'done']",
  declined: "state == 'declined'",
  waiting: "state == 'offered'",
  late: "state in ['offered', 'accepted'] && due_at < now()",
} as const;
export type Wanted = keyof typeof WANTED;

/** The hand-overs a number counts: of a span, a side's department, and how they stand. */
export const counted = (within: string, wanted: Wanted, side?: Side, department?: Json): string =>
  allOf(within, WANTED[wanted], side ? isKey(side, department ?? null) : "");

/** A measure of seconds in hours, of the group with this key; null where nothing was measured. */
export function hours(result: AggregateResult | undefined, measure: string, key: Json): number | null {
  const group = result?.groups.find((one) => (one.keys[0] ?? null) === key);
  const value = group?.values[measure];
  if (value === null || value === undefined) return null;
  const seconds = Number(value);
  return Number.isFinite(seconds) ? seconds / HOUR : null;
}
