import type { ActionMeta, FieldValues } from "@/api/types";
import { isEmptyValue } from "@/fields/values";

/** What each kind of check cannot do without, besides the object. */
const NEEDED: { [check: string]: string[] } = {
  required: ["field"],
  pattern: ["field", "pattern"],
  one_of: ["field", "values"],
  exists_in: ["field", "list_object", "list_field"],
  expression: ["expression"],
  fresh: ["field", "days"],
  valid: ["field", "valid_as"],
};

/** What of a rule the trial takes; null while something it needs is not filled in. */
export function trialValues(action: ActionMeta, values: FieldValues): FieldValues | null {
  const check = typeof values.check === "string" ? values.check : "";
  const needed = ["object", ...(NEEDED[check] ?? ["check"])];
  if (needed.some((name) => isEmptyValue(values[name]))) return null;
  return Object.fromEntries(
    action.input.flatMap(({ name }) => (isEmptyValue(values[name]) ? [] : [[name, values[name]]])),
  );
}
