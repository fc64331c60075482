import { useQuery } from "@tanstack/react-query";
import { TEMPLATE } from "@/api/processes";
import { queryKeys } from "@/api/query-keys";
import { listRecords } from "@/api/records";
import type { RecordData } from "@/api/types";
import { useObject } from "@/engine/meta";
import { useMe } from "@/engine/session";
import { asStrings, asText } from "@/fields/values";

export interface Template {
  id: string;
  name: string;
  description: string;
  /** What it is about; empty where it is about nothing. */
  object: string;
  /** Who may start it; everybody where empty. */
  startRoles: string[];
}

const readTemplate = (record: RecordData): Template => ({
  id: record.id,
  name: asText(record.name),
  description: asText(record.description),
  object: asText(record.object),
  startRoles: asStrings(record.start_roles),
});

const QUERY = { filter: "active", sort: "name", limit: 200, fields: "name,description,object,start_roles" };

/** The templates in use that the caller may start; about an object's records, or about nothing where it is empty. */
export function useTemplates(object: string | null) {
  const offered = useObject(TEMPLATE)?.actions.some(({ name }) => name === "start") === true;
  const { user } = useMe();
  return useQuery({
    queryKey: queryKeys.list(TEMPLATE, QUERY),
    queryFn: async ({ signal }) => ({ pages: [await listRecords(TEMPLATE, QUERY, signal)], pageParams: [null] }),
    enabled: offered,
    staleTime: 60_000,
    select: ({ pages }) =>
      pages
        .flatMap(({ items }) => items.map(readTemplate))
        .filter((one) => object === null || one.object === object)
        .filter(
          ({ startRoles }) =>
            startRoles.length === 0 ||
            user.roles.includes("administrator") ||
            startRoles.some((role) => user.roles.includes(role)),
        ),
  });
}
