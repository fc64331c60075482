import type { Json } from "@/api/types";
import { asText, isObject } from "@/fields/values";

export interface Missing {
  /** How many have not confirmed. */
  total: number;
  /** The first of them by name; those whose names the reader may not see come last. */
  members: { id: string; label: string | null }[];
}

/** What the server says of those who have not confirmed. */
export function readMissing(answer: Json): Missing {
  const said = isObject(answer) ? answer : {};
  const members = (Array.isArray(said.members) ? said.members : [])
    .filter(isObject)
    .map((member) => ({ id: asText(member.id), label: asText(member.label) || null }));
  members.sort((left, right) => {
    if (left.label === null || right.label === null) return Number(left.label === null) - Number(right.label === null);
    return left.label.localeCompare(right.label, "zh-CN");
  });
  return { total: typeof said.total === "number" ? said.total : members.length, members };
}
