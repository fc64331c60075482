import type { FieldMeta, FieldValues } from "@/api/types";
import { conditionHolds } from "../expression/evaluate";
import { recordScope, type Viewer } from "../expression/record-scope";

export interface FieldState {
  visible: boolean;
  required: boolean;
  readOnly: boolean;
}

/**
 * What the conditions of each field come to for the values at hand. Where the browser cannot tell, a field is shown,
 * free and not asked for: the server still checks.
 */
export function fieldStates(fields: FieldMeta[], values: FieldValues, viewer: Viewer): Map<string, FieldState> {
  const scope = recordScope(fields, values, viewer);
  const holds = (condition: string | undefined, unknown: boolean) =>
    condition ? (conditionHolds(condition, scope) ?? unknown) : null;
  return new Map(
    fields.map((field) => {
      const visible = holds(field.visible_when, true) ?? true;
      const state: FieldState = {
        visible,
        required: visible && (field.required || (holds(field.required_when, false) ?? false)),
        readOnly: field.read_only || field.computed || (holds(field.read_only_when, false) ?? false),
      };
      return [field.name, state];
    }),
  );
}

/** What is filled in and applies: a hidden value that is sent along would surprise. */
export function applyingValues(values: FieldValues, states: ReadonlyMap<string, FieldState>): FieldValues {
  return Object.fromEntries(
    Object.entries(values).filter(
      ([name, value]) => value !== null && value !== undefined && states.get(name)?.visible !== false,
    ),
  );
}

const NEVER_TYPED = new Set(["formula", "rollup", "auto_number"]);

/** Fields a person can fill in at all. */
export function isTypable(field: FieldMeta): boolean {
  return !field.read_only && !field.computed && !NEVER_TYPED.has(field.type);
}
