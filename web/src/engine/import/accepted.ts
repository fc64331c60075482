/** Endings of files that may hold a table. */
export const ACCEPTED = [".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".json", ".ndjson", ".jsonl", ".vcf", ".zip"];

export const isAccepted = (name: string): boolean => ACCEPTED.some((ending) => name.toLowerCase().endsWith(ending));
