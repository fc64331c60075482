import type { ApiError } from "@/api/errors";
import type {
  ActionMeta,
  AggregateResult,
  FieldError,
  FieldMeta,
  FieldValues,
  ObjectMeta,
  RecordData,
  RecordPage,
} from "@/api/types";
import { asMoney, asText, isEmptyValue } from "@/fields/values";
import { evaluate } from "../expression/evaluate";
import { parseExpression } from "../expression/parse";
import { recordScope, type Viewer } from "../expression/record-scope";
import { isTypable } from "../form/conditions";
import type { RecordListData } from "../records";
import { insertSorted } from "./columns";

/** The code of a field without a value where one is needed. */
const REQUIRED = "required";

/** Whether an expression holds for these values; `fallback` where only the server can tell. */
export function holds(
  expression: string | undefined,
  fields: FieldMeta[],
  values: FieldValues,
  viewer: Viewer,
  fallback: boolean,
  clock?: () => number,
): boolean {
  if (!expression) return fallback;
  try {
    return evaluate(parseExpression(expression), recordScope(fields, values, viewer, clock)) === true;
  } catch {
    return fallback;
  }
}

export function moveAction(object: ObjectMeta, name: string | null): ActionMeta | null {
  return object.actions.find((action) => action.name === name && action.on === "record") ?? null;
}

/** What a move has to ask: nothing, unless some input without a value is required by the new column. */
export function inputsToAsk(
  action: ActionMeta,
  groupBy: string,
  values: FieldValues,
  viewer: Viewer,
): { ask: boolean; inputs: FieldMeta[]; given: FieldValues } {
  const required = (input: FieldMeta) =>
    input.required || holds(input.required_when, action.input, values, viewer, false);
  const inputs = action.input.filter(
    (input) =>
      input.name !== groupBy && (required(input) || holds(input.visible_when, action.input, values, viewer, false)),
  );
  const needed = inputs.filter(required);
  return {
    ask: needed.some((input) => isEmptyValue(values[input.name])),
    inputs,
    given: Object.fromEntries(needed.map((input) => [input.name, values[input.name]])),
  };
}

const partOf = (error: FieldError) => error.field.split(".")[0] ?? "";

/** Whether a refusal says that this must be given. */
export const isNeeded = (error: ApiError | null, name: string): boolean =>
  error?.fieldErrors.some((one) => partOf(one) === name && one.code === REQUIRED) ?? false;

/**
 * What to ask besides `asked` because a refused move names it: an input of the action where it takes that, else the
 * record's own field. What people cannot fill in is left out.
 */
export function inputsNamed(
  object: ObjectMeta,
  action: ActionMeta | null,
  groupBy: string,
  errors: FieldError[],
  asked: FieldMeta[],
): FieldMeta[] {
  const names = [...new Set(errors.map(partOf))].filter(
    (name) => name !== groupBy && !asked.some((input) => input.name === name),
  );
  return names.flatMap((name) => {
    const own = object.fields.find((field) => field.name === name);
    const input = action?.input.find((candidate) => candidate.name === name) ?? (own && isTypable(own) ? own : null);
    if (!input) return [];
    // It is asked for now, whatever the action says of when it usually is.
    const { visible_when: _visible, required_when: _required, ...always } = input;
    const required = errors.some((error) => partOf(error) === name && error.code === REQUIRED);
    return [{ ...always, required, help: input.help ?? own?.help ?? null }];
  });
}

/** The values that the action does not take: they are saved with the record. */
export function ownValues(object: ObjectMeta, action: ActionMeta | null, values: FieldValues): FieldValues {
  return Object.fromEntries(
    Object.entries(values).filter(
      ([name, value]) =>
        value !== undefined &&
        !action?.input.some((input) => input.name === name) &&
        object.fields.some((field) => field.name === name),
    ),
  );
}

/** The values an action is called with: only what it takes. */
export function actionValues(action: ActionMeta, groupBy: string, to: string | null, values: FieldValues): FieldValues {
  const known = Object.entries(values).filter(
    ([name, value]) => name !== groupBy && !isEmptyValue(value) && action.input.some((input) => input.name === name),
  );
  return { ...Object.fromEntries(known), [groupBy]: to };
}

/** Going back to where a card came from: what that column had asked for is what the record held. */
export function returningValues(action: ActionMeta, groupBy: string, before: RecordData, viewer: Viewer): FieldValues {
  return inputsToAsk(action, groupBy, { ...before }, viewer).given;
}

export function takeCard(data: RecordListData | undefined, id: string): RecordListData | undefined {
  return (
    data && {
      ...data,
      pages: data.pages.map((page) => ({ ...page, items: page.items.filter((item) => item.id !== id) })),
    }
  );
}

/** The card goes to its place among those loaded; past them it will come with its page. */
export function putCard(
  data: RecordListData | undefined,
  record: RecordData,
  sort: string,
): RecordListData | undefined {
  if (!data) return data;
  const all = insertSorted(
    data.pages.flatMap((page) => page.items),
    record,
    sort,
  );
  let from = 0;
  const pages = data.pages.map((page, index): RecordPage => {
    const last = index === data.pages.length - 1;
    const to = last ? all.length : from + page.items.length;
    const items = all.slice(from, to);
    from = to;
    return { ...page, items };
  });
  return { ...data, pages };
}

/** Counts and sums as they will be once the card has moved. */
export function moveInAggregate(
  result: AggregateResult,
  record: RecordData,
  from: string | null,
  to: string | null,
  sums: FieldMeta[],
): AggregateResult {
  const [main] = sums;
  const amountOf = (field: FieldMeta) => {
    const value = record[field.name];
    const amount = Number(asMoney(value)?.amount ?? (asText(value) || 0));
    return Number.isFinite(amount) ? amount : 0;
  };
  // Amounts of money are summed currency by currency.
  const currency = main?.type === "money" ? [asMoney(record[main.name])?.currency ?? null] : [];
  const groups = result.groups.map((group) => ({ ...group, values: { ...group.values } }));
  const change = (key: string | null, by: number) => {
    const keys = [key, ...currency];
    let group = groups.find((candidate) => keys.every((one, at) => (candidate.keys[at] ?? null) === one));
    if (!group) {
      group = { keys, labels: keys, values: { count: 0 } };
      groups.push(group);
    }
    group.values.count = Number(group.values.count ?? 0) + by;
    for (const sum of sums) {
      const measure = `sum(${sum.name})`;
      group.values[measure] = Number(group.values[measure] ?? 0) + by * amountOf(sum);
    }
  };
  change(from, -1);
  change(to, 1);
  return { ...result, groups };
}
