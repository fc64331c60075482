import type { RecordData } from "@/api/types";
import { asText } from "@/fields/values";

/** A rule in the order that is tried out. */
export interface OrderedRule {
  id: string;
  name: string;
  active: boolean;
}

/** As the rules are set now, read by position: the active ones, then the others. */
export function orderOf(rules: RecordData[], object: string): OrderedRule[] {
  return rules
    .filter((rule) => asText(rule.object) === object)
    .toSorted((left, right) => Number(right.active === true) - Number(left.active === true))
    .map((rule) => ({ id: rule.id, name: asText(rule.name), active: rule.active === true }));
}

/** One place up or down. */
export function moved(rules: OrderedRule[], id: string, step: 1 | -1): OrderedRule[] {
  const from = rules.findIndex((rule) => rule.id === id);
  const to = from + step;
  const [one, other] = [rules[from], rules[to]];
  if (!one || !other) return rules;
  return rules.map((rule, at) => (at === from ? other : at === to ? one : rule));
}

export const switched = (rules: OrderedRule[], id: string): OrderedRule[] =>
  rules.map((rule) => (rule.id === id ? { ...rule, active: !rule.active } : rule));

export const sameOrder = (left: OrderedRule[], right: OrderedRule[]): boolean =>
  left.length === right.length &&
  left.every((rule, at) => rule.id === right[at]?.id && rule.active === right[at]?.active);

export const askedOrder = (rules: OrderedRule[]): string[] =>
  rules.filter((rule) => rule.active).map((rule) => rule.id);

/** What must be saved so that the order tried out is the one in force. */
export function toSave(rules: OrderedRule[], now: RecordData[]): { id: string; version: number; values: RuleChange }[] {
  return rules.flatMap((rule, at) => {
    const before = now.find((one) => one.id === rule.id);
    const position = (at + 1) * 10;
    if (!before) return [];
    const values: RuleChange = {};
    if (before.position !== position) values.position = position;
    if ((before.active === true) !== rule.active) values.active = rule.active;
    return Object.keys(values).length > 0 ? [{ id: rule.id, version: before.version, values }] : [];
  });
}

export interface RuleChange {
  position?: number;
  active?: boolean;
}
