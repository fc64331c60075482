import type { Reference } from "@/api/types";

/** Which members are shown. */
export interface MemberSearch {
  state: "active" | "waiting" | "inactive";
  typed: string;
  role: string | null;
  department: Reference | null;
}

export const ALL_ACTIVE: MemberSearch = { state: "active", typed: "", role: null, department: null };

/** So many of those who wait are asked for by their ids; more do not fit into an address. */
export const MOST_WAITING = 100;

/** The same as a filter of the API. */
export function filterOf({ state, role, department }: MemberSearch, waiting: string[], administrator: boolean): string {
  const ids = waiting.slice(0, MOST_WAITING).map((id) => JSON.stringify(id));
  const parts = [state === "inactive" ? "!active" : "active"];
  if (state === "waiting") parts.push(ids.length > 0 ? `id in [${ids.join(", ")}]` : "false");
  if (role) parts.push(`${JSON.stringify(role)} in roles`);
  if (department) parts.push(`department == ${JSON.stringify(department.id)}`);
  // A branch administrator manages the members of his branches; others are none of his business here.
  if (!administrator) parts.push("department in me.branches");
  return parts.join(" && ");
}
