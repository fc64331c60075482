import type { FieldMeta, Meta, ObjectMeta } from "@/api/types";
import { findField, findObject } from "../meta";

/** The field with what comes next, that with its day, and the list of records of which it is not known. */
export const NEXT_STEP = "next_step";
const NEXT_STEP_DAY = "next_step_date";
export const WITHOUT_NEXT_STEP = "without_next_step";

/** How an object tells what comes next with its records. */
export interface NextStepHint {
  step: FieldMeta;
  day: FieldMeta | null;
  /** Holds for records of which it is not known. */
  missing: string;
}

/** Null where an object has no next step, or does not say when it is missing. */
export function nextStepHint(object: ObjectMeta): NextStepHint | null {
  const step = findField(object, NEXT_STEP);
  const missing = object.views.list.find((view) => view.name === WITHOUT_NEXT_STEP)?.filter;
  if (!step || !missing) return null;
  const day = findField(object, NEXT_STEP_DAY);
  return { step, day: day?.type === "date" ? day : null, missing };
}

/** The references of an object that lead to records with a next step. */
export function stepsBehind(
  meta: Meta,
  object: ObjectMeta,
): { field: FieldMeta; target: ObjectMeta; missing: string }[] {
  return object.fields.flatMap((field) => {
    const target = field.type === "reference" && field.target ? findObject(meta, field.target) : null;
    const hint = target ? nextStepHint(target) : null;
    return target && hint ? [{ field, target, missing: hint.missing }] : [];
  });
}
