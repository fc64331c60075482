import { PLACE } from "@/api/place";
import type { FieldValues } from "@/api/types";

const PREFIX = "guanxi.draft.";
const KEEP_MS = 14 * 86_400_000;
const MAX_DRAFTS = 30;

export interface Draft {
  at: number;
  /** The version the changes were made on; null for a record not yet made. */
  version: number | null;
  changes: FieldValues;
}

/** Where a form's draft lies: apart for each company (a copy has the same ids), person, object and record (or "new"). */
export function draftKey(user: string, object: string, id: string | null): string {
  return `${PREFIX}${PLACE}${user}.${object}.${id ?? "new"}`;
}

export function readDraft(key: string, now: number): Draft | null {
  try {
    const draft = JSON.parse(localStorage.getItem(key) ?? "null") as Draft | null;
    if (!draft || typeof draft.at !== "number" || typeof draft.changes !== "object" || draft.changes === null)
      return null;
    if (now - draft.at > KEEP_MS || Object.keys(draft.changes).length === 0) return null;
    return draft;
  } catch {
    return null;
  }
}

/** Keeps what was typed; without changes the draft goes. A full store drops the oldest drafts first. */
export function writeDraft(key: string, draft: Draft): void {
  if (Object.keys(draft.changes).length === 0) {
    clearDraft(key);
    return;
  }
  const text = JSON.stringify(draft);
  dropOldest(MAX_DRAFTS - 1, key);
  try {
    localStorage.setItem(key, text);
  } catch {
    dropOldest(0, key);
    try {
      localStorage.setItem(key, text);
    } catch {
      // No room at all: the form itself still holds everything.
    }
  }
}

export function clearDraft(key: string): void {
  localStorage.removeItem(key);
}

function dropOldest(keep: number, except: string): void {
  const others = Object.keys(localStorage)
    .filter((key) => key.startsWith(PREFIX) && key !== except)
    .map((key) => ({ key, at: readDraft(key, 0)?.at ?? 0 }))
    .sort((left, right) => right.at - left.at);
  for (const { key } of others.slice(keep)) localStorage.removeItem(key);
}
