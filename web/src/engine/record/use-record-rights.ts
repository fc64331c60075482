import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { explanationOptions } from "@/api/rights";
import type { ObjectMeta, RecordData } from "@/api/types";
import { asReference } from "@/fields/values";
import { isTypable } from "../form/conditions";
import { useMe } from "../session";

const OWNER = "owner";

export interface RecordRights {
  update: boolean;
  delete: boolean;
}

/**
 * What the caller may do with this one record. What he may do with records of its kind at all stands in the metadata;
 * of one that is not his own, since it is another's or since records of its kind have no owner he sees, the server is
 * asked, and until it has answered nothing is offered.
 */
export function useRecordRights(object: ObjectMeta, record: RecordData): RecordRights {
  const { user } = useMe();
  const { delete: remove } = object.access;
  // Of what the system alone writes there is nothing to edit.
  const update = object.access.update && object.fields.some(isTypable);
  const mine = asReference(record[OWNER])?.id === user.id;
  const asked = !mine && (update || remove) && !record.deleted_at && !user.roles.includes("administrator");
  const found = useQuery({ ...explanationOptions(object.name, record.id, null), staleTime: 30_000, enabled: asked });
  if (!asked || found.error) return { update, delete: remove };
  const may = (verb: string) => found.data?.verbs.some((one) => one.verb === verb && one.allowed) === true;
  return { update: update && may("update"), delete: remove && may("delete") };
}

/**
 * Asks whether the caller may change one record of a list, when he is about to: a list does not ask about all of its rows.
 * What is his own, and what an administrator changes, is not asked about; where there is no answer he may try.
 */
export function useMayUpdate(object: ObjectMeta): (record: RecordData) => Promise<boolean> {
  const { user } = useMe();
  const queryClient = useQueryClient();
  return useCallback(
    async (record) => {
      if (!object.access.update) return false;
      if (user.roles.includes("administrator") || asReference(record[OWNER])?.id === user.id) return true;
      try {
        const told = await queryClient.fetchQuery({
          ...explanationOptions(object.name, record.id, null),
          staleTime: 30_000,
        });
        return told.verbs.some((one) => one.verb === "update" && one.allowed);
      } catch {
        return true;
      }
    },
    [object, user, queryClient],
  );
}
