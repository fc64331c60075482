import type { FieldValue } from "@/api/types";
import { isObject } from "../values";

const UNREAD = "!unread";

/** What was typed and cannot be read as JSON yet: kept as it is, so that neither a draft nor a late look loses it. */
export function unreadJson(text: string): FieldValue {
  return { [UNREAD]: text };
}

/** The text behind `unreadJson`; null for a value that was read. */
export function unreadText(value: FieldValue | undefined): string | null {
  if (!isObject(value) || Object.keys(value).length !== 1) return null;
  const text = value[UNREAD];
  return typeof text === "string" ? text : null;
}

/** The value a text means, null for none; what cannot be read comes as `unreadJson`. */
export function readJson(text: string): FieldValue {
  if (text.trim() === "") return null;
  try {
    return JSON.parse(text) as FieldValue;
  } catch {
    return unreadJson(text);
  }
}

/** Why a text is not JSON, in the browser's words. */
export function jsonProblem(text: string): string {
  try {
    JSON.parse(text);
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
