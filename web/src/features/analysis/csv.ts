import type { Figure } from "./figure";

/** A program of tables reads these as the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r]/;

function field(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(Math.round(value * 10_000) / 10_000);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The table as a file of RFC 4180 that begins with a mark of UTF-8, without which Excel takes Chinese for something else. */
export function csvOf({ columns, rows }: Figure): string {
  const lines = [
    columns.map((column) => {
      const unit = rows.find((row) => row.cells[column.key]?.unit)?.cells[column.key]?.unit;
      return field(unit ? `${column.title} (${unit})` : column.title);
    }),
    ...rows.map((row) => columns.map((column) => field(row.cells[column.key]?.value ?? null))),
  ];
  return `\uFEFF${lines.map((line) => line.join(",")).join("\r\n")}\r\n`;
}

/** Hands a table to the browser as a file. */
export function saveCsv(figure: Figure, name: string): void {
  const url = URL.createObjectURL(new Blob([csvOf(figure)], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${name.replaceAll(/[\\/:*?"<>|]/g, "-")}.csv`;
  link.click();
  URL.revokeObjectURL(url);
}
