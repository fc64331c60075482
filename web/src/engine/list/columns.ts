import type { FieldMeta, Meta, ObjectMeta } from "@/api/types";
import { pathsToRead } from "@/fields/money/computed";
import { fieldKind } from "@/fields/registry";
import { type ResolvedPath, resolvePath } from "../meta";
import type { ListColumn } from "./list-config";

export const MINIMUM_WIDTH = 64;
const TITLE_WIDTH = 260;
const SELECT_WIDTH = 40;
/** How much of its usual width a column keeps where all of them would otherwise not fit on the screen. */
const LEAST = 0.84;

export interface GridColumn extends ResolvedPath {
  width: number;
  /** What it may shrink to before the list scrolls sideways; a width somebody chose stays. */
  least: number;
  align: "start" | "end";
  isTitle: boolean;
  /** The cell may be edited in place (if the record may). */
  editable: boolean;
}

/** Fields that hold the record's own values and that a person may change. */
export function isEditable(field: FieldMeta): boolean {
  return (
    !field.read_only &&
    !field.computed &&
    // What is covered in the list must not be saved as it is shown there.
    !field.masked &&
    field.type !== "formula" &&
    field.type !== "rollup" &&
    field.type !== "auto_number"
  );
}

/** The columns that exist and may be seen, in order. A column of a field that is gone is silently left out. */
export function gridColumns(meta: Meta, object: ObjectMeta, columns: ListColumn[]): GridColumn[] {
  const found: GridColumn[] = [];
  for (const column of columns) {
    const resolved = resolvePath(meta, object, column.path);
    if (!resolved || found.some((other) => other.path === column.path)) continue;
    const kind = fieldKind(resolved.field);
    const isTitle = column.path === object.title_field;
    const width = Math.max(MINIMUM_WIDTH, column.width ?? (isTitle ? TITLE_WIDTH : kind.width));
    found.push({
      ...resolved,
      width,
      least: column.width === undefined ? Math.max(MINIMUM_WIDTH, Math.round(width * LEAST)) : width,
      align: kind.align ?? "start",
      isTitle,
      editable: object.access.update && resolved.depth === 0 && isEditable(resolved.field) && kind.inline,
    });
  }
  return found;
}

/** The grid's columns for CSS: the tick box, the columns, and what is left over. */
export function gridTemplate(columns: Pick<GridColumn, "least" | "width">[]): string {
  const widths = columns.map(({ least, width }) => `minmax(${least}px, ${width}px)`);
  return `${SELECT_WIDTH}px ${widths.join(" ")} minmax(16px, 1fr)`;
}

/** The least width of a row, so that the tinted background reaches to the end when scrolled sideways. */
export function gridWidth(columns: Pick<GridColumn, "least">[]): number {
  return columns.reduce((sum, { least }) => sum + least, SELECT_WIDTH + 16);
}

/** The `fields` parameter: what is shown, what names the record, and nothing else. */
export function fieldsParameter(object: ObjectMeta, columns: GridColumn[]): string {
  const names = new Set([object.title_field, ...pathsToRead(columns)]);
  return [...names].join(",");
}
