import type { ImportColumn, ImportRow, RowProblem } from "@/api/imports";
import type { PartDraft } from "./plan";

/** Where in the grid somebody is: the number of the row in the file, the column's place in it. */
export interface Place {
  row: number;
  column: number;
}

/** The part a problem is about, and the field of it: a message may name both in one, as `contact.email`. */
export function placeOf(problem: RowProblem, parts: PartDraft[]): { part: string; field: string } {
  const part = problem.part ?? "";
  if (part === "") return { part, field: problem.field };
  const lead = `${part}.`;
  const named = parts.some((one) => one.key === part);
  return { part, field: named && problem.field.startsWith(lead) ? problem.field.slice(lead.length) : problem.field };
}

/** The columns a problem comes from: those the field is made of, or the one it names itself. */
export function columnsOf(problem: RowProblem, parts: PartDraft[], columns: ImportColumn[]): number[] {
  const { part: key, field } = placeOf(problem, parts);
  const part = parts.find((one) => one.key === key) ?? parts[0];
  const mapped = (part?.mapping ?? []).filter(
    (choice) =>
      choice.field !== null &&
      (choice.field === field || choice.field.startsWith(`${field}.`) || field.startsWith(`${choice.field}.`)),
  );
  if (mapped.length > 0) return [...new Set(mapped.map((choice) => choice.column.index))];
  return columns.filter((column) => column.header === field && field !== "").map((column) => column.index);
}

/** The columns worth showing: where something is or was wrong, led by the first one that goes somewhere, to know the row by. */
export function troubledColumns(problems: RowProblem[], parts: PartDraft[], columns: ImportColumn[]): ImportColumn[] {
  const bad = new Set(problems.flatMap((one) => columnsOf(one, parts, columns)));
  const mapped = parts[0]?.mapping.find((choice) => choice.field !== null)?.column.index;
  return columns.filter((column) => bad.has(column.index) || column.index === mapped);
}

type Step = "up" | "down" | "left" | "right" | "first" | "last" | "pageUp" | "pageDown";
const PAGE = 10;

/** Where a step leads; the edge holds. */
export function stepped(place: Place, step: Step, rows: ImportRow[], columns: ImportColumn[]): Place {
  const row = Math.max(
    0,
    rows.findIndex((one) => one.row === place.row),
  );
  const column = Math.max(
    0,
    columns.findIndex((one) => one.index === place.column),
  );
  const moves: Record<Step, [number, number]> = {
    up: [row - 1, column],
    down: [row + 1, column],
    left: [row, column - 1],
    right: [row, column + 1],
    first: [row, 0],
    last: [row, columns.length - 1],
    pageUp: [row - PAGE, column],
    pageDown: [row + PAGE, column],
  };
  const [toRow, toColumn] = moves[step];
  const atRow = Math.min(Math.max(0, toRow), rows.length - 1);
  const atColumn = Math.min(Math.max(0, toColumn), columns.length - 1);
  return { row: rows[atRow]?.row ?? place.row, column: columns[atColumn]?.index ?? place.column };
}

/** The cell behind (or before) this one, going on in the next row; null at the end. */
export function beside(place: Place, by: 1 | -1, rows: ImportRow[], columns: ImportColumn[]): Place | null {
  const row = rows.findIndex((one) => one.row === place.row);
  const column = columns.findIndex((one) => one.index === place.column);
  const at = row * columns.length + column + by;
  if (row < 0 || column < 0 || at < 0 || at >= rows.length * columns.length) return null;
  const next = rows[Math.floor(at / columns.length)];
  const cell = columns[at % columns.length];
  return next && cell ? { row: next.row, column: cell.index } : null;
}

/** The next cell with something wrong in it, from here on and round again; null where there is none. */
export function nextTrouble(
  place: Place | null,
  by: 1 | -1,
  rows: ImportRow[],
  columns: ImportColumn[],
  isBad: (row: ImportRow, column: ImportColumn) => boolean,
): Place | null {
  const bad = rows.flatMap((row) =>
    columns.filter((column) => isBad(row, column)).map((column) => ({ row: row.row, column: column.index })),
  );
  const first = bad[0];
  const last = bad.at(-1);
  if (!first || !last) return null;
  if (!place) return by === 1 ? first : last;
  const order = (one: Place) => [
    rows.findIndex((row) => row.row === one.row),
    columns.findIndex((it) => it.index === one.column),
  ];
  const [row = 0, column = 0] = order(place);
  const compared = bad.map((one) => {
    const [otherRow = 0, otherColumn = 0] = order(one);
    return { one, by: otherRow === row ? otherColumn - column : otherRow - row };
  });
  if (by === 1) return compared.find((it) => it.by > 0)?.one ?? first;
  return compared.findLast((it) => it.by < 0)?.one ?? last;
}

const ARROWS: Record<string, Step> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
  Home: "first",
  End: "last",
  PageUp: "pageUp",
  PageDown: "pageDown",
};

/** The step a key means. */
export const stepOf = (key: string): Step | null => ARROWS[key] ?? null;
