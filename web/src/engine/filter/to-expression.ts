import { quote } from "./expression-tree";
import { type Condition, type FieldOfPath, type FilterModel, isComplete, operandKind } from "./model";
import { isPeriod, momentExpression, periodBounds } from "./moments";
import { asksSource, sourceExpression } from "./sources";

const COMPARE: Record<string, string> = { eq: "==", ne: "!=", gt: ">", gte: ">=", lt: "<", lte: "<=" };
/** A plain day, whose comparison with an instant has to take in the whole of it. */
const DAY = /^\d{4}-\d{2}-\d{2}$|^today([+-]\d+)?$/;

function item(value: string): string {
  return value === "me" ? "me.id" : quote(value);
}

function dateCondition(path: string, operator: string, moment: string, instant: boolean): string {
  if (operator === "within") {
    if (!isPeriod(moment)) return "true";
    const { start, end } = periodBounds(moment);
    return `(${path} >= ${start} && ${path} < ${end})`;
  }
  const at = momentExpression(moment);
  const wholeDay = instant && DAY.test(moment);
  const next = `${at} + days(1)`;
  if (operator === "on") return wholeDay ? `(${path} >= ${at} && ${path} < ${next})` : `${path} == ${at}`;
  // "After the 22nd" and "up to the 22nd" mean the whole day, also for fields that hold a time.
  if (wholeDay && operator === "gt") return `${path} >= ${next}`;
  if (wholeDay && operator === "lte") return `${path} < ${next}`;
  return `${path} ${COMPARE[operator]} ${at}`;
}

function listCondition(path: string, operator: string, values: string[], many: boolean): string {
  const not = operator === "none_of" ? "!" : "";
  const [only] = values;
  if (many) return `${not}${path}.containsAny([${values.map(item).join(", ")}])`;
  if (values.length === 1 && only !== undefined) return `${path} ${not ? "!=" : "=="} ${item(only)}`;
  const test = `${path} in [${values.map(item).join(", ")}]`;
  return not ? `!(${test})` : test;
}

function conditionExpression(condition: Condition, fieldOf: FieldOfPath): string | null {
  const { path, operator, value } = condition;
  const field = fieldOf(path);
  if (!field) return null;
  if (asksSource(operator)) return sourceExpression(condition);
  const kind = operandKind(field);
  switch (operator) {
    case "empty":
      return `!has(${path})`;
    case "not_empty":
      return `has(${path})`;
    case "is_true":
      return `${path} == true`;
    case "is_false":
      return `${path} == false`;
    case "any_of":
    case "none_of":
      return listCondition(
        path,
        operator,
        Array.isArray(value) ? value : [String(value)],
        kind === "choices" || kind === "links",
      );
    case "contains":
      return `${path}.contains(${quote(String(value))})`;
    case "not_contains":
      return `!${path}.contains(${quote(String(value))})`;
    case "starts_with":
      return `${path}.startsWith(${quote(String(value))})`;
    default:
  }
  if (kind === "date" || kind === "datetime") return dateCondition(path, operator, String(value), kind === "datetime");
  const written = kind === "number" ? String(value) : quote(String(value));
  if (kind === "number" && !/^-?\d+(\.\d+)?$/.test(written)) return null;
  return `${path} ${COMPARE[operator]} ${written}`;
}

/** The expression of a filter; empty where no line is complete. */
export function toExpression(model: FilterModel, fieldOf: FieldOfPath): string {
  return model.conditions
    .filter(isComplete)
    .map((condition) => conditionExpression(condition, fieldOf))
    .filter((part) => part !== null)
    .join(model.match === "all" ? " && " : " || ");
}
