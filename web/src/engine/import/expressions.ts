import type { ImportColumn } from "@/api/imports";

/** How an expression names the cell of a column: by its header, or by its place where it has none. */
export function cellName({ header, index }: Pick<ImportColumn, "header" | "index">): string {
  return header === "" ? `row[${index}]` : `row[${JSON.stringify(header)}]`;
}
