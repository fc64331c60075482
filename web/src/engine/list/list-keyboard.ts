/** The cell the keyboard is at. */
export interface Cursor {
  row: number;
  column: number;
}

export interface GridSize {
  rows: number;
  columns: number;
  /** Rows that fit on the screen, for PageUp and PageDown. */
  page: number;
}

export type ListCommand =
  | { type: "move"; cursor: Cursor; extend: boolean }
  | { type: "open" | "edit" | "create" | "select" | "selectAll" | "search" | "filter" | "clear" };

const MOVES: Record<string, (page: number) => [rows: number, columns: number]> = {
  j: () => [1, 0],
  ArrowDown: () => [1, 0],
  "shift+ArrowDown": () => [1, 0],
  k: () => [-1, 0],
  ArrowUp: () => [-1, 0],
  "shift+ArrowUp": () => [-1, 0],
  h: () => [0, -1],
  ArrowLeft: () => [0, -1],
  l: () => [0, 1],
  ArrowRight: () => [0, 1],
  PageDown: (page) => [page, 0],
  PageUp: (page) => [-page, 0],
  Home: () => [Number.NEGATIVE_INFINITY, 0],
  End: () => [Number.POSITIVE_INFINITY, 0],
};

const COMMANDS: Record<string, Exclude<ListCommand, { type: "move" }>["type"]> = {
  o: "open",
  e: "edit",
  F2: "edit",
  c: "create",
  x: "select",
  " ": "select",
  "mod+a": "selectAll",
  "/": "search",
  f: "filter",
  Escape: "clear",
};

/** Keys that other controls use as well: they belong to the list only while the focus is in it (or nowhere). */
export const SHARED_KEYS: ReadonlySet<string> = new Set([
  ...Object.keys(MOVES).filter((key) => key.length > 1),
  "Enter",
  " ",
  "mod+a",
]);

/** Every key the list listens to. */
export const LIST_KEYS: readonly string[] = [...Object.keys(MOVES), ...Object.keys(COMMANDS), "Enter"];

const between = (value: number, least: number, most: number) => Math.min(Math.max(value, least), most);

/**
 * What a key means in the list; null where it means nothing. Enter edits a cell that can be edited, except in the
 * first column: there, as anywhere it cannot edit, it opens the record.
 */
export function listCommand(
  key: string,
  cursor: Cursor | null,
  size: GridSize,
  canEditCell: boolean,
): ListCommand | null {
  const move = MOVES[key];
  if (move) {
    if (size.rows === 0) return null;
    if (!cursor) return { type: "move", cursor: { row: 0, column: 0 }, extend: false };
    const [rows, columns] = move(size.page);
    return {
      type: "move",
      cursor: {
        row: between(cursor.row + rows, 0, size.rows - 1),
        column: between(cursor.column + columns, 0, Math.max(0, size.columns - 1)),
      },
      extend: key.startsWith("shift+"),
    };
  }
  if (key === "Enter") {
    if (!cursor) return null;
    return { type: cursor.column > 0 && canEditCell ? "edit" : "open" };
  }
  const type = COMMANDS[key];
  if (!type) return null;
  if (!cursor && (type === "open" || type === "edit" || type === "select")) return null;
  return { type };
}
