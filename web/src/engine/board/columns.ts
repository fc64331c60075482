import type { BoardMeta, FieldMeta, Label, ListQuery, ObjectMeta, RecordData } from "@/api/types";
import { currencySources } from "@/fields/money/computed";
import { asMoney, asReference, asText } from "@/fields/values";
import { allOf } from "../aggregate";
import { quote } from "../filter/expression-tree";
import { readPath } from "../meta";

export interface BoardColumn {
  /** The option's value; null for records without one. */
  key: string | null;
  label: Label;
  color: string | null;
  /** An end state: folded until opened, newest first. */
  closed: boolean;
  /** Kept for old records: a card may leave it and not enter it. */
  retired: boolean;
}

const WITHOUT: Label = { "zh-CN": "未设置", en: "Not set" };

/** A column for every option, and one for records that have none. */
export function boardColumns(field: FieldMeta): BoardColumn[] {
  const columns = (field.options ?? []).map(
    (option): BoardColumn => ({
      key: option.value,
      label: option.label,
      color: option.color ?? null,
      closed: option.closed === true,
      retired: option.retired === true,
    }),
  );
  return [{ key: null, label: WITHOUT, color: null, closed: false, retired: true }, ...columns];
}

export function columnCondition(groupBy: string, key: string | null): string {
  return key === null ? `!has(${groupBy})` : `${groupBy} == ${quote(key)}`;
}

/** What of a card is read: its title, what it shows, what the board sorts, sums and groups by, and what a move asks. */
export function cardFields(object: ObjectMeta, board: BoardMeta, more: string[] = []): string {
  const action = object.actions.find((candidate) => candidate.name === board.move_action);
  const asked = (action?.input ?? [])
    // What is never asked for by itself may be long, and is not there.
    .filter((input) => input.visible_when !== "false")
    .map((input) => input.name)
    .filter((name) => object.fields.some((field) => field.name === name));
  const order = (board.order ?? "").split(",").map((part) => part.trim().replace(/^-/, ""));
  const sources = object.fields.filter((field) => board.card.includes(field.name)).flatMap(currencySources);
  const names = [
    object.title_field,
    board.group_by,
    ...board.card,
    ...sources,
    board.sum ?? "",
    ...order,
    ...asked,
    ...more,
  ];
  return [...new Set(names.filter((name) => name !== ""))].join(",");
}

export function columnSort(board: BoardMeta, column: BoardColumn): string {
  return column.closed ? "-updated_at" : board.order || "-updated_at";
}

/** The list behind one column. */
export function columnQuery(
  object: ObjectMeta,
  board: BoardMeta,
  column: BoardColumn,
  what: { filter: string; q: string; more?: string[] },
): ListQuery {
  return {
    filter: allOf(columnCondition(board.group_by, column.key), what.filter),
    sort: columnSort(board, column),
    fields: cardFields(object, board, what.more),
    ...(what.q ? { q: what.q } : {}),
  };
}

/** Something to compare a value by; money by its amount, references by what is shown of them. */
function rank(value: RecordData[string]): number | string | null {
  if (value === null || value === undefined || value === "") return null;
  if (typeof value === "number") return value;
  const money = asMoney(value);
  if (money) return Number(money.amount);
  const reference = asReference(value);
  if (reference) return reference.label ?? "";
  const text = asText(value);
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function compareBy(sort: string, left: RecordData, right: RecordData): number {
  for (const key of sort.split(",")) {
    const descending = key.trim().startsWith("-");
    const path = key.trim().replace(/^-/, "");
    const [a, b] = [rank(readPath(left, path) as never), rank(readPath(right, path) as never)];
    if (a === b) continue;
    if (a === null) return 1;
    if (b === null) return -1;
    return (a < b ? -1 : 1) * (descending ? -1 : 1);
  }
  return 0;
}

/** Puts a card where the column's order wants it, so that it does not jump when the column is read again. */
export function insertSorted(items: RecordData[], record: RecordData, sort: string): RecordData[] {
  const others = items.filter((item) => item.id !== record.id);
  const at = others.findIndex((item) => compareBy(sort, record, item) < 0);
  return at < 0 ? [...others, record] : [...others.slice(0, at), record, ...others.slice(at)];
}
