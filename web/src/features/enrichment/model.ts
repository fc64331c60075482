import type { EnrichmentProposal } from "@/api/enrichment";
import type { FieldMeta, ObjectMeta } from "@/api/types";
import { findField } from "@/engine/meta";
import { asText } from "@/fields/values";

/** The fields that lines such as `credit_code = code` name, in their order. */
export function fieldsIn(object: ObjectMeta, lines: unknown): FieldMeta[] {
  return asText(lines as string)
    .split("\n")
    .map((line) => line.split(/[=:：]/)[0]?.trim() ?? "")
    .flatMap((name) => findField(object, name) ?? []);
}

/** Why records were not asked about, or got no answer, and how many each; the words are in `enrichment.reasons`. */
const REASONS = [
  "no_key",
  "gone",
  "rights",
  "no_purpose",
  "no_consent",
  "withdrawn",
  "objected",
  "expired",
  "do_not_contact",
  "channel",
  "inactive",
] as const;

export type WithheldReason = (typeof REASONS)[number] | "other";

export function withheldCounts(items: EnrichmentProposal[]): Map<WithheldReason, number> {
  const counts = new Map<WithheldReason, number>();
  for (const { state, reason } of items) {
    if (state !== "withheld") continue;
    const known = REASONS.find((one) => one === reason) ?? "other";
    counts.set(known, (counts.get(known) ?? 0) + 1);
  }
  return counts;
}

/** The first reason why the service failed somebody; of an outage it is the same for all. */
export function firstFailure(items: EnrichmentProposal[]): { n: number; reason: string } | null {
  const failed = items.filter(({ state }) => state === "failed");
  return failed.length > 0 ? { n: failed.length, reason: failed[0]?.reason ?? "" } : null;
}
