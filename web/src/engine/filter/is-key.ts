import type { Json } from "@/api/types";
import { quote } from "./expression-tree";

/** The condition that a path holds what a group is named by, or nothing. */
export function isKey(path: string, key: Json | undefined): string {
  if (key === null || key === undefined) return `!has(${path})`;
  return typeof key === "number" || typeof key === "boolean" ? `${path} == ${key}` : `${path} == ${quote(String(key))}`;
}
