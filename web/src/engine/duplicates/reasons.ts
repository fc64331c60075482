import type { DuplicateReason } from "@/api/duplicates";

/** How sure it is that two records are the same, as people say it. */
export type Certainty = "certain" | "likely" | "possible";

const CERTAIN = 0.95;
const LIKELY = 0.8;

export function certaintyOf(probability: number): Certainty {
  if (probability >= CERTAIN) return "certain";
  return probability >= LIKELY ? "likely" : "possible";
}

const AGREEMENTS = [
  "equal",
  "same_sound",
  "swapped",
  "ending",
  "near",
  "beginning",
  "similar",
  "part",
  "different",
] as const;

export type Agreement = (typeof AGREEMENTS)[number];

/** A code we do not know says at least that there is a likeness, or that there is none. */
export function agreementOf(reason: DuplicateReason): Agreement {
  return AGREEMENTS.find((known) => known === reason.agreement) ?? (reason.bits > 0 ? "similar" : "different");
}

/** What was compared. */
export const placeOf = ({ field, part }: DuplicateReason): string => (part ? `${field}.${part}` : field);

/** What speaks for two records being one, strongest first and each part of a field once. */
export function speakingFor(reasons: DuplicateReason[], most = Number.POSITIVE_INFINITY): DuplicateReason[] {
  const told = new Set<string>();
  const strongest = reasons
    .filter((reason) => reason.bits > 0 && agreementOf(reason) !== "different")
    .sort((left, right) => right.bits - left.bits);
  return strongest.filter((reason) => !told.has(placeOf(reason)) && told.add(placeOf(reason))).slice(0, most);
}

/** What speaks against it, strongest first. */
export function speakingAgainst(reasons: DuplicateReason[]): DuplicateReason[] {
  return reasons.filter((reason) => reason.bits < 0).sort((left, right) => left.bits - right.bits);
}
