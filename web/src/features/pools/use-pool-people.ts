import { useQuery } from "@tanstack/react-query";
import { queryKeys } from "@/api/query-keys";
import { listRecords } from "@/api/records";
import type { RecordData, Reference } from "@/api/types";
import { quote } from "@/engine/filter/expression-tree";
import { findObject, useMeta } from "@/engine/meta";
import { asReference, asReferences, asStrings, asText } from "@/fields/values";

/** As many as a distribution takes. */
const MOST = 200;
const DEPARTMENTS = 500;

interface Place {
  id: string;
  parent: string | null;
}

/** Departments with all below them. */
export function withBelow(roots: string[], places: Place[]): string[] {
  const found = [...roots];
  for (let at = 0; at < found.length; at += 1) {
    for (const place of places) if (place.parent === found[at] && !found.includes(place.id)) found.push(place.id);
  }
  return found;
}

/** Who belongs to a pool by its departments and roles; empty where it names none. */
export function byPlaceOrRole(departments: string[], roles: string[]): string {
  const conditions = [
    departments.length > 0 ? `department in [${departments.map(quote).join(", ")}]` : "",
    ...roles.map((role) => `${quote(role)} in roles`),
  ].filter((condition) => condition !== "");
  return conditions.length > 0 ? `active && (${conditions.join(" || ")})` : "";
}

/** Who belongs to a pool: those it names, and those of its departments and roles as far as the caller sees them. */
export function usePoolPeople(pool: RecordData | undefined): Reference[] {
  const meta = useMeta();
  const named = asReferences(pool?.members);
  const departments = asReferences(pool?.departments).map(({ id }) => id);
  const roles = asStrings(pool?.roles);
  const wanted = departments.length + roles.length > 0 && findObject(meta, "user") !== null;
  const others = useQuery({
    queryKey: [...queryKeys.object("user"), "pool", departments, roles],
    queryFn: async ({ signal }): Promise<Reference[]> => {
      const places =
        departments.length > 0
          ? (await listRecords("department", { fields: "parent", limit: DEPARTMENTS }, signal)).items
          : [];
      const all = withBelow(
        departments,
        places.map(({ id, parent }) => ({ id, parent: asReference(parent)?.id ?? null })),
      );
      const page = await listRecords(
        "user",
        { filter: byPlaceOrRole(all, roles), fields: "name", sort: "name", limit: MOST },
        signal,
      );
      return page.items.map(({ id, name }) => ({ id, label: asText(name) }));
    },
    enabled: wanted,
    staleTime: 60_000,
    retry: false,
  }).data;
  const people = new Map([...named, ...(others ?? [])].map((one) => [one.id, one]));
  return [...people.values()].slice(0, MOST);
}
