import { type Node, quote } from "./expression-tree";
import type { Condition, FieldOfPath, Operator } from "./model";
import { momentExpression, readMoment } from "./moments";

/** What can have set a field, as the server names it; see `docs/expressions.md`. */
export const SOURCES = [
  "entered",
  "agent",
  "imported",
  "enriched",
  "merged",
  "synced",
  "bulk",
  "undone",
  "action",
] as const;

/** Tests of what set a field, beside those of its value. */
export const SOURCE_OPERATORS = ["source_any_of", "source_none_of", "source_since"] as const satisfies Operator[];

export function asksSource(operator: Operator): boolean {
  return SOURCE_OPERATORS.some((one) => one === operator);
}

/** `source(phone) in ["imported"]`, `sourceAt(phone) >= …`. */
export function sourceExpression({ path, operator, value }: Condition): string | null {
  if (operator === "source_since") return `sourceAt(${path}) >= ${momentExpression(String(value))}`;
  const names = Array.isArray(value) ? value : [String(value)];
  const [only] = names;
  const none = operator === "source_none_of";
  if (names.length === 1 && only !== undefined) return `source(${path}) ${none ? "!=" : "=="} ${quote(only)}`;
  const test = `source(${path}) in [${names.map(quote).join(", ")}]`;
  return none ? `!(${test})` : test;
}

/** The field that a call asks about, where it is a call of this function. */
function fieldAsked(node: Node, name: string, fieldOf: FieldOfPath): string | null {
  if (node.kind !== "call" || node.name !== name || node.target || node.args.length !== 1) return null;
  const [argument] = node.args;
  return argument?.kind === "path" && fieldOf(argument.path) ? argument.path : null;
}

/** The line for a comparison of a field's source; null where it is something else. */
export function readSource(node: Node, fieldOf: FieldOfPath): Condition | null {
  if (node.kind !== "binary") return null;
  const { left, operator, right } = node;
  const dated = fieldAsked(left, "sourceAt", fieldOf);
  if (dated) {
    const moment = operator === ">=" ? readMoment(right) : null;
    return moment === null ? null : { path: dated, operator: "source_since", value: moment };
  }
  const path = fieldAsked(left, "source", fieldOf);
  if (!path) return null;
  const texts = right.kind === "text" ? [right] : operator === "in" && right.kind === "list" ? right.items : [];
  const value = texts.flatMap((item) => (item.kind === "text" ? [item.value] : []));
  const known = value.length > 0 && value.length === texts.length && value.every(isSource);
  if (!known) return null;
  if (operator === "in" || operator === "==") return { path, operator: "source_any_of", value };
  return operator === "!=" ? { path, operator: "source_none_of", value } : null;
}

function isSource(value: string): boolean {
  return SOURCES.some((source) => source === value);
}
