import type { FieldValue, Json, ListViewMeta, ObjectMeta } from "@/api/types";
import { isObject } from "@/fields/values";
import { isSystemField } from "../meta";

export interface ListColumn {
  path: string;
  /** Pixels; absent means the width of the field type. */
  width?: number;
}

/** What a view remembers. An empty filter or sort means none. */
export interface ListConfig {
  columns: ListColumn[];
  filter: string;
  sort: string;
}

const FALLBACK_COLUMNS = 6;
const NOT_IN_A_LIST = new Set(["long_text", "rich_text", "json", "file", "image", "geo"]);

/** Columns for an object that declares no list view: its title and the first fields that fit in a cell. */
export function fallbackColumns(object: ObjectMeta): ListColumn[] {
  const others = object.fields
    .filter(
      (field) => field.name !== object.title_field && !isSystemField(field.name) && !NOT_IN_A_LIST.has(field.type),
    )
    .slice(0, FALLBACK_COLUMNS);
  return [object.title_field, ...others.map((field) => field.name), "updated_at"].map((path) => ({ path }));
}

export function standardConfig(object: ObjectMeta, view: ListViewMeta | undefined): ListConfig {
  return {
    columns: view && view.columns.length > 0 ? view.columns.map((path) => ({ path })) : fallbackColumns(object),
    filter: view?.filter ?? "",
    sort: view?.sort ?? "",
  };
}

function readColumns(value: FieldValue | undefined): ListColumn[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item) => {
    const column = item as FieldValue;
    if (!isObject(column) || typeof column.path !== "string") return [];
    return [typeof column.width === "number" ? { path: column.path, width: column.width } : { path: column.path }];
  });
}

/** Reads a stored configuration; what is missing or of the wrong shape falls back. */
export function readConfig(stored: FieldValue | undefined, fallback: ListConfig): ListConfig {
  if (!isObject(stored)) return fallback;
  const columns = readColumns(stored.columns);
  return {
    columns: columns.length > 0 ? columns : fallback.columns,
    filter: typeof stored.filter === "string" ? stored.filter : fallback.filter,
    sort: typeof stored.sort === "string" ? stored.sort : fallback.sort,
  };
}

export function writeConfig(config: ListConfig): Json {
  return { columns: config.columns.map((column) => ({ ...column })), filter: config.filter, sort: config.sort };
}

export interface SortKey {
  path: string;
  descending: boolean;
}

export function readSort(sort: string): SortKey[] {
  return sort
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part) =>
      part.startsWith("-") ? { path: part.slice(1), descending: true } : { path: part, descending: false },
    );
}

export function writeSort(keys: SortKey[]): string {
  return keys.map((key) => (key.descending ? `-${key.path}` : key.path)).join(",");
}

/** A click on a header: ascending, then descending, then not at all. With shift it joins the keys already there. */
export function toggleSort(sort: string, path: string, join: boolean): string {
  const keys = readSort(sort);
  const current = keys.find((key) => key.path === path);
  const next: SortKey[] = !current
    ? [{ path, descending: false }]
    : current.descending
      ? []
      : [{ path, descending: true }];
  if (!join) return writeSort(next);
  if (!current) return writeSort([...keys, ...next]);
  return writeSort(keys.flatMap((key) => (key.path === path ? next : [key])));
}
