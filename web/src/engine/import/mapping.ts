import type {
  ColumnOptions,
  ImportColumn,
  ImportPlan,
  ImportTarget,
  ImportUpload,
  OnMatch,
  RowProblem,
} from "@/api/imports";

/** Below this the guess is shown as one to look at. */
export const SURE = 0.75;

export interface ColumnChoice {
  column: ImportColumn;
  field: string | null;
  options: ColumnOptions;
  /** The server's guess, not touched yet. */
  guessed: boolean;
}

/** The server's guesses; where two columns claim one field, the surer keeps it. */
export function initialMapping(upload: ImportUpload): ColumnChoice[] {
  const known = new Set(upload.fields.map((field) => field.path));
  const best = new Map<string, ImportColumn>();
  for (const column of upload.columns) {
    if (!column.field || !known.has(column.field)) continue;
    const other = best.get(column.field);
    if (!other || column.confidence > other.confidence) best.set(column.field, column);
  }
  return upload.columns.map((column) => {
    const field = column.field && best.get(column.field) === column ? column.field : null;
    return { column, field, options: column.options ?? {}, guessed: field !== null };
  });
}

/** Gives a column a field, and takes it from the column that had it. */
export function chooseField(mapping: ColumnChoice[], index: number, field: string | null): ColumnChoice[] {
  return mapping.map((choice) => {
    if (choice.column.index === index) return { ...choice, field, options: {}, guessed: false };
    if (field !== null && choice.field === field) return { ...choice, field: null, options: {}, guessed: false };
    return choice;
  });
}

export function chooseOptions(mapping: ColumnChoice[], index: number, options: ColumnOptions): ColumnChoice[] {
  return mapping.map((choice) => (choice.column.index === index ? { ...choice, options } : choice));
}

/** Reads a cell as another value, in the column of a field. */
export function readCellAs(mapping: ColumnChoice[], field: string, cell: string, value: string): ColumnChoice[] {
  return mapping.map((choice) =>
    choice.field === field
      ? { ...choice, options: { ...choice.options, values: { ...choice.options.values, [cell]: value } } }
      : choice,
  );
}

/** The fields rows could be matched by: those a column is mapped to. */
export function matchChoices(mapping: ColumnChoice[], fields: ImportTarget[]): ImportTarget[] {
  const mapped = new Set(mapping.map((choice) => choice.field));
  return fields.filter((field) => field.matchable && mapped.has(field.path));
}

export type Match = { field: string; on_match: OnMatch } | null;

/** The rule still makes sense with this mapping; else none. */
export function keepMatch(match: Match, mapping: ColumnChoice[], fields: ImportTarget[]): Match {
  return match && matchChoices(mapping, fields).some((field) => field.path === match.field) ? match : null;
}

/** Fields a new record needs and no column gives. A part of a field counts for it; those with a default fill themselves. */
export function missingRequired(
  mapping: ColumnChoice[],
  fields: ImportTarget[],
  hasDefault: (path: string) => boolean = () => false,
): ImportTarget[] {
  const given = new Set(mapping.flatMap((choice) => (choice.field ? [choice.field, choice.field.split(".")[0]] : [])));
  return fields.filter((field) => field.required && !given.has(field.path) && !hasDefault(field.path));
}

export function planInput(mapping: ColumnChoice[], match: Match): ImportPlan {
  return {
    mapping: mapping.map(({ column, field, options }) => ({
      column: column.index,
      field,
      ...(field !== null && Object.keys(options).length > 0 ? { options } : {}),
    })),
    match,
  };
}

/** The values of a field that the server could not read, most frequent first. */
export function unreadValues(problems: RowProblem[], field: string): { value: string; rows: number }[] {
  const counts = new Map<string, number>();
  for (const problem of problems) {
    if (problem.field !== field || problem.code !== "bad_option" || problem.value === "") continue;
    counts.set(problem.value, (counts.get(problem.value) ?? 0) + 1);
  }
  return [...counts].map(([value, rows]) => ({ value, rows })).sort((a, b) => b.rows - a.rows);
}

/** The kinds of problem, for the filter: by field and code. */
export function problemKinds(problems: RowProblem[]): { key: string; field: string; message: string; count: number }[] {
  const kinds = new Map<string, { key: string; field: string; message: string; count: number }>();
  for (const problem of problems) {
    const key = `${problem.field}:${problem.code}`;
    const kind = kinds.get(key);
    if (kind) kind.count += 1;
    else kinds.set(key, { key, field: problem.field, message: problem.message, count: 1 });
  }
  return [...kinds.values()].sort((a, b) => b.count - a.count);
}
