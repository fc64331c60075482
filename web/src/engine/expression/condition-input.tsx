import { useQuery } from "@tanstack/react-query";
import { queryKeys } from "@/api/query-keys";
import { readRecord } from "@/api/records";
import type { FieldInputProps } from "@/fields/types";
import { asReference, asText } from "@/fields/values";
import { ExpressionField } from "./expression-field";

/** The input of a condition over the records of one object. */
export function conditionOver(object: string) {
  return function ConditionInput(props: FieldInputProps) {
    return <ExpressionField {...props} object={object} />;
  };
}

/** The input of a condition over the records of the object that another field of the form names. */
export function conditionNamedBy(field: string) {
  return function ConditionInput(props: FieldInputProps) {
    return <ExpressionField {...props} object={asText(props.values?.[field])} />;
  };
}

/** The input of a condition over the records of the object that a record referred to names in one of its fields. */
export function conditionThrough(reference: string, field: string) {
  return function ConditionInput(props: FieldInputProps) {
    const given = props.values?.[reference];
    const id = asReference(given)?.id ?? asText(given);
    const named = useQuery({
      queryKey: [...queryKeys.record(reference, id), field],
      queryFn: async ({ signal }) => asText((await readRecord(reference, id, field, signal))[field]),
      enabled: id !== "",
      staleTime: 60_000,
    });
    return <ExpressionField {...props} object={named.data ?? ""} />;
  };
}
