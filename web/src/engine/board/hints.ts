import type { BoardMeta, FieldMeta, ListViewMeta, Meta, ObjectMeta, SelectOption } from "@/api/types";
import { namesIn } from "../expression/names";
import { findField } from "../meta";
import { WITHOUT_NEXT_STEP } from "../record/next-step-hint";
import { type StepSource, stepSourceOf } from "./used-steps";

/**
 * What the metadata tells of a board besides its definition. None of it must be there: a board has what it finds, by what
 * fields are and by how fields of that kind are called, never by the object.
 */
export interface BoardHints {
  /** A computed part of what is summed: the sum times a percentage of the record. */
  weighted: FieldMeta | null;
  /** Since when a record is in its column: `COLUMN_changed_at`. */
  since: FieldMeta | null;
  /** Until when it should leave it: `COLUMN_due`. */
  due: FieldMeta | null;
  /** The list of what does not move on: `stalled`. */
  stalled: ListViewMeta | null;
  /** The list of what nobody knows the next step of: `without_next_step`. */
  unplanned: ListViewMeta | null;
  /** Where columns have settings of their own. */
  settings: ColumnSettings | null;
  /** Which of the columns a record goes through, where something says so. */
  steps: StepSource | null;
  /** The choices that are the columns. */
  choices: SelectOption[];
}

/** An object whose records say something of a column, each for those records of the board that share a reference with it. */
export interface ColumnSettings {
  object: ObjectMeta;
  /** Its field with the column. */
  column: string;
  /** Its field with the most cards one owner should have in it. */
  limit: string;
  /** The reference that it shares with the board's records, such as a pipeline. */
  of: FieldMeta;
}

const LIMIT = "card_limit";
const STALLED = "stalled";

function weightedField(object: ObjectMeta, sum: string | null): FieldMeta | null {
  if (!sum) return null;
  const percents = object.fields.filter((field) => field.type === "percent").map((field) => field.name);
  const found = object.fields.find((field) => {
    const names = field.type === "formula" && field.expression ? namesIn(field.expression) : [];
    return names.includes(sum) && names.some((name) => percents.includes(name));
  });
  return found ?? null;
}

/** Where the columns of a board, or the steps of a record, have settings of their own. */
export function settingsOf(meta: Meta, object: ObjectMeta, column: string): ColumnSettings | null {
  for (const candidate of meta.objects) {
    if (candidate.name === object.name || !findField(candidate, LIMIT)) continue;
    if (findField(candidate, column)?.type !== "select") continue;
    const of = candidate.fields.find(
      (field) => field.type === "reference" && findField(object, field.name)?.target === field.target,
    );
    if (of) return { object: candidate, column, limit: LIMIT, of };
  }
  return null;
}

export function boardHints(meta: Meta, object: ObjectMeta, board: BoardMeta): BoardHints {
  const typed = (name: string, ...types: string[]) => {
    const field = findField(object, name);
    return field && types.includes(field.type) ? field : null;
  };
  return {
    weighted: weightedField(object, board.sum),
    since: typed(`${board.group_by}_changed_at`, "datetime", "date"),
    due: typed(`${board.group_by}_due`, "date", "datetime"),
    stalled: object.views.list.find((view) => view.name === STALLED && view.filter) ?? null,
    unplanned: object.views.list.find((view) => view.name === WITHOUT_NEXT_STEP && view.filter) ?? null,
    settings: settingsOf(meta, object, board.group_by),
    steps: stepSourceOf(meta, object, board.group_by),
    choices: findField(object, board.group_by)?.options ?? [],
  };
}

/** What of a record its signs are made of. */
export function hintFields(object: ObjectMeta, hints: BoardHints): string[] {
  const names = [hints.stalled, hints.unplanned].flatMap((view) => (view?.filter ? namesIn(view.filter) : []));
  const known = names.filter((name) => findField(object, name) !== null);
  return [hints.since?.name, hints.due?.name, hints.steps?.of.name, ...known].filter((name) => name !== undefined);
}
