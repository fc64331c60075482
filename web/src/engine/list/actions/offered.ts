import type { ActionMeta, Meta, ObjectMeta, RecordData } from "@/api/types";
import { conditionHolds } from "../../expression/evaluate";
import { parseExpression } from "../../expression/parse";
import { recordScope, type Viewer } from "../../expression/record-scope";
import type { Expression } from "../../expression/syntax";
import { anySelectionScreens, placedActions, type SelectionScreen, selectionScreens } from "../../slots";

/** What is another thing for every record: a place, a file. An action that must have one is none for many at once. */
const OF_ONE_RECORD = ["geo", "file", "image", "json"];

/** The actions that can be run on many records: those that ask for nothing, or for the same of all. */
export function sharedActions(object: ObjectMeta): ActionMeta[] {
  return object.actions.filter(
    (action) =>
      action.on === "record" &&
      !placedActions.has(`${object.name}.${action.name}`) &&
      !action.input.some((field) => field.required && OF_ONE_RECORD.includes(field.type)),
  );
}

function namesIn(expression: Expression): string[] {
  switch (expression.kind) {
    case "path":
      return [expression.segments[0] ?? ""];
    case "list":
      return expression.items.flatMap(namesIn);
    case "call":
      return expression.args.flatMap(namesIn);
    case "choice":
      return [expression.condition, expression.then, expression.otherwise].flatMap(namesIn);
    default:
      return [];
  }
}

/** The fields that tell what applies to a record, and its name. */
export function fieldsToOffer(object: ObjectMeta): string[] {
  const conditions = [
    ...sharedActions(object).map((action) => action.visible_when),
    ...(selectionScreens.get(object.name) ?? []).map((screen) => screen.when),
  ];
  const named = conditions.flatMap((condition) => {
    try {
      return condition ? namesIn(parseExpression(condition)) : [];
    } catch {
      // What the browser cannot read, the server decides.
      return [];
    }
  });
  const own = named.filter((name) => object.fields.some((field) => field.name === name));
  return [...new Set([object.title_field, ...own])];
}

const applies = (object: ObjectMeta, record: RecordData, viewer: Viewer, condition: string | null | undefined) =>
  !condition || conditionHolds(condition, recordScope(object.fields, record, viewer)) !== false;

/** The screens of features that apply to some of the records at least. */
export function screensFor(object: ObjectMeta, records: RecordData[], viewer: Viewer, meta: Meta): SelectionScreen[] {
  const any = anySelectionScreens.length > 0 && object.access.bulk ? anySelectionScreens : [];
  return [...(selectionScreens.get(object.name) ?? []), ...any].filter(
    (screen) => screen.offered(meta) && records.some((record) => applies(object, record, viewer, screen.when)),
  );
}

/** The main actions stand first, as on the page of a record. */
const rank = ({ primary, danger }: ActionMeta): number => (danger ? 2 : primary ? 0 : 1);

export interface Offered {
  action: ActionMeta;
  /** To how many of the records it applies, as far as the browser can tell. */
  fits: number;
}

/** The actions that apply to some of the records at least. */
export function offeredFor(object: ObjectMeta, records: RecordData[], viewer: Viewer): Offered[] {
  return sharedActions(object)
    .map((action) => ({
      action,
      fits: records.filter((record) => applies(object, record, viewer, action.visible_when)).length,
    }))
    .filter(({ fits }) => fits > 0)
    .sort((left, right) => rank(left.action) - rank(right.action));
}
