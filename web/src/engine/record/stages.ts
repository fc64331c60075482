import type { ActionMeta, FieldMeta, FieldValues, ObjectMeta, RecordData, SelectOption } from "@/api/types";
import { isEmptyValue } from "@/fields/values";
import type { Viewer } from "../expression/record-scope";
import { fieldStates } from "../form/conditions";

/** The field whose options are the steps of a record, where the object has a board on a choice. */
export function stageField(object: ObjectMeta): FieldMeta | null {
  const name = object.views.board?.group_by;
  const field = object.fields.find((candidate) => candidate.name === name);
  return field?.type === "select" && (field.options?.length ?? 0) > 1 ? field : null;
}

export function stageSteps(field: FieldMeta, current: string): SelectOption[] {
  return (field.options ?? []).filter((option) => !option.retired || option.value === current);
}

export interface StageMove {
  action: ActionMeta | null;
  /** What has to be asked before the move; empty when a press is enough. */
  ask: FieldMeta[];
}

/** What moving a record to a step takes: the board's action or a plain change, and what the step demands to know. */
export function planMove(object: ObjectMeta, record: RecordData, to: string, viewer: Viewer): StageMove {
  const field = stageField(object);
  const name = object.views.board?.move_action;
  const action = object.actions.find((candidate) => candidate.name === name && candidate.on === "record") ?? null;
  if (!field) return { action, ask: [] };
  if (action) {
    const values: FieldValues = { ...record, [field.name]: to };
    const inputs = action.input.filter((input) => input.name !== field.name);
    const others = object.fields.filter((own) => !inputs.some((input) => input.name === own.name));
    const states = fieldStates([...inputs, ...others], values, viewer);
    const required = (input: FieldMeta) => states.get(input.name)?.required === true;
    // Closing a deal is worth a moment: what the step would like to hear is asked even where it is not required.
    const closing = field.options?.find((option) => option.value === to)?.closed === true;
    const wanted = (input: FieldMeta) =>
      required(input) || (Boolean(input.visible_when) && states.get(input.name)?.visible);
    const needed = inputs.some((input) => required(input) && isEmptyValue(record[input.name]));
    const ask = needed || closing ? inputs.filter(wanted) : [];
    ask.sort((left, right) => Number(required(right)) - Number(required(left)));
    return { action, ask };
  }
  const before = fieldStates(object.fields, record, viewer);
  const after = fieldStates(object.fields, { ...record, [field.name]: to }, viewer);
  const ask = object.fields.filter((candidate) => {
    const [was, is] = [before.get(candidate.name), after.get(candidate.name)];
    return is?.required && !was?.required && !is.readOnly && isEmptyValue(record[candidate.name]);
  });
  return { action, ask };
}
