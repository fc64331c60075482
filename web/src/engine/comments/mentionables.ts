import { keepPreviousData, useQueries } from "@tanstack/react-query";
import { queryKeys } from "@/api/query-keys";
import { listRecords } from "@/api/records";
import { asText } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { findField, findObject, useMeta } from "../meta";

export interface Mentionable {
  kind: "member" | "team" | "department" | "role";
  id: string;
  label: string;
}

const OBJECTS: [Mentionable["kind"], string][] = [
  ["member", "user"],
  ["team", "team"],
  ["department", "department"],
];
const EACH = 6;

/** Whom the caller may mention by these letters: as far as he sees them, members first. */
export function useMentionables(query: string | null): Mentionable[] {
  const meta = useMeta();
  const label = useLabel();
  const known = OBJECTS.filter(([, object]) => findObject(meta, object));
  const found = useQueries({
    queries: known.map(([, object]) => {
      const list = { q: query || undefined, limit: EACH, sort: "name", fields: "name" };
      return {
        queryKey: queryKeys.list(object, { ...list, filter: "mentionable" }),
        queryFn: ({ signal }: { signal: AbortSignal }) => listRecords(object, list, signal),
        enabled: query !== null,
        placeholderData: keepPreviousData,
        staleTime: 60_000,
      };
    }),
  });
  if (query === null) return [];
  const records = known.flatMap(([kind], index) =>
    (found[index]?.data?.items ?? []).map((record) => ({ kind, id: record.id, label: asText(record.name) })),
  );
  const wanted = query.toLowerCase();
  const users = findObject(meta, "user");
  const roles = (users ? findField(users, "roles")?.options : undefined) ?? [];
  const named = roles
    .map((role) => ({ kind: "role" as const, id: role.value, label: label(role.label) }))
    .filter((role) => wanted !== "" && `${role.label} ${role.id}`.toLowerCase().includes(wanted));
  return [...records, ...named.slice(0, EACH)];
}
