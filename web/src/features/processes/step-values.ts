import type { StepForm } from "@/api/processes";
import type { FieldValue, FieldValues, Json } from "@/api/types";
import { toWire } from "@/fields/values";

/** As the API takes it. */
export const wireOf = (values: FieldValues): { [name: string]: Json } =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, toWire(value) as Json]));

const same = (one: FieldValue | undefined, other: FieldValue | undefined) =>
  JSON.stringify(toWire(one ?? null)) === JSON.stringify(toWire(other ?? null));

/**
 * The fields of the record that were typed over. What was left alone is not sent: somebody else may have written there
 * since the form was opened, and that stays.
 */
export function changedValues(fields: StepForm["fields"], typed: FieldValues): FieldValues {
  const changed = fields.flatMap(({ name, may_write: mayWrite, value }): [string, FieldValue][] => {
    const next = typed[name];
    return mayWrite && next !== undefined && !same(next, value as FieldValue) ? [[name, next]] : [];
  });
  return Object.fromEntries(changed);
}

/** Whether something would be lost if the form went away. */
export function isTyped(form: StepForm, values: FieldValues, answers: FieldValues, outcome: string): boolean {
  return (
    outcome.trim() !== "" ||
    Object.keys(changedValues(form.fields, values)).length > 0 ||
    Object.entries(answers).some(([name, value]) => !same(value, form.answers[name] as FieldValue | undefined))
  );
}
