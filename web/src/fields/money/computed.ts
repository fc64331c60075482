import type { FieldMeta, FieldValue, Money } from "@/api/types";
import { asMoney } from "../values";

type Amount = Pick<FieldMeta, "type" | "currency" | "currency_of">;
type Values = { [field: string]: FieldValue | undefined };

/** Fields that tell in which currency a computed amount is; asked for along with it. */
export const currencySources = (field: Amount): string[] => (field.type === "formula" ? (field.currency_of ?? []) : []);

/** A computed amount in the one currency of all it follows from; null where those disagree, or nothing is known of them. */
export function computedMoney(field: Amount, value: FieldValue, record: Values): Money | null {
  const sources = currencySources(field);
  if (sources.length === 0 || (typeof value !== "string" && typeof value !== "number")) return null;
  const found = sources.flatMap((name) => asMoney(record[name])?.currency || []);
  const all = new Set(field.currency ? [field.currency, ...found] : found);
  const [only] = all;
  return all.size === 1 && only ? { amount: String(value), currency: only } : null;
}

/** What is asked for to show columns: their paths, and what tells the currency of amounts among them. */
export const pathsToRead = (columns: { path: string; field: FieldMeta }[]): string[] =>
  columns.flatMap(({ path, field }) => (path === field.name ? [path, ...currencySources(field)] : [path]));
