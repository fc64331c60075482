import type { Concerned } from "@/api/privacy";
import type { RecordData } from "@/api/types";
import { asText } from "@/fields/values";

export const STEPS = ["identity", "records", "act", "answer"] as const;
export type Step = (typeof STEPS)[number];

/** What each kind of request does with the records, in the order in which it is offered. */
const ACTS: Record<string, readonly string[]> = {
  see: ["export"],
  export: ["export"],
  correct: ["correct", "export"],
  erase: ["erase", "stop_processing"],
  object: ["stop_processing", "erase"],
};

export const actsOf = (kind: string): readonly string[] => ACTS[kind] ?? [];

export const isOpen = (record: RecordData): boolean => ["received", "working"].includes(asText(record.state));

/** Where a request stands: the first step that is not done. */
export function stepOf(record: RecordData, concerned: readonly Concerned[]): number {
  if (!isOpen(record)) return STEPS.length;
  if (asText(record.identity) !== "verified") return 0;
  if (concerned.length === 0) return 1;
  return concerned.some((one) => one.outcome === "open") ? 2 : 3;
}

/** Days until a request must be answered; negative where that is over. */
export function daysLeft(due: string, today: string): number {
  return Math.round((Date.parse(`${due}T00:00:00Z`) - Date.parse(`${today}T00:00:00Z`)) / 86_400_000);
}
