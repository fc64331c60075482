import { useMutation, useQueryClient } from "@tanstack/react-query";
import { queryKeys } from "@/api/query-keys";
import { runAction } from "@/api/records";
import type { ActionMeta, FieldValues, Json, Meta, ObjectMeta } from "@/api/types";
import { isObject } from "@/fields/values";
import { wireValues } from "../records";

/** Runs an action of a record; afterwards everything read is out of date, since an action may touch any object. */
export function useRunAction(object: ObjectMeta) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ id, action, input }: { id: string; action: ActionMeta | string; input: FieldValues }) => {
      const name = typeof action === "string" ? action : action.name;
      return runAction(object.name, id, name, wireValues(input));
    },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: queryKeys.records }),
  });
}

/** The records an action's answer names: a converted lead answers with the account, contact and deal it became. */
export function recordsInOutput(meta: Meta, output: Json): { object: ObjectMeta; id: string }[] {
  return Object.entries(isObject(output) ? output : {}).flatMap(([name, value]) => {
    const object = meta.objects.find((candidate) => candidate.name === name);
    return object && typeof value === "string" && /^[0-9a-f-]{36}$/.test(value) ? [{ object, id: value }] : [];
  });
}
