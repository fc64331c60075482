import type {
  ColumnMapping,
  ColumnOptions,
  ImportColumn,
  ImportGuess,
  ImportTarget,
  OnMatch,
  RowProblem,
} from "@/api/imports";

/** Below this the guess is shown as one to look at. */
export const SURE = 0.75;

/** One use of a column; a column may be used more than once, as where 省/市/区 stand in one cell. */
export interface ColumnChoice {
  column: ImportColumn;
  /** 0 for the first use. */
  use: number;
  field: string | null;
  options: ColumnOptions;
  /** The server's guess, not touched yet. */
  guessed: boolean;
}

/** By which fields together a row finds its record, and what then. */
export type Match = {
  fields: string[];
  /** By these together where those find none. */
  or_fields?: string[];
  on_match: OnMatch;
  /** Only these are overwritten; all where absent. */
  overwrite?: string[];
} | null;

/** What tells one use of a column from the others. */
export const keyOf = ({ column, use }: ColumnChoice): string => `${column.index}.${use}`;

/** Fields of these types take several columns, one after the other. */
const JOINED = new Set(["text", "long_text", "address", "person_name"]);

/** Whether several columns make this field together. */
export function isJoined(fields: ImportTarget[], path: string): boolean {
  const target = fields.find((field) => field.path === path);
  return target !== undefined && !path.includes(".") && JOINED.has(target.type);
}

/** The server's guesses; where two columns claim one field, the surer keeps it. */
export function initialMapping({ columns, fields }: Pick<ImportGuess, "columns" | "fields">): ColumnChoice[] {
  const known = new Set(fields.map((field) => field.path));
  const best = new Map<string, ImportColumn>();
  for (const column of columns) {
    if (!column.field || !known.has(column.field)) continue;
    const other = best.get(column.field);
    if (!other || column.confidence > other.confidence) best.set(column.field, column);
  }
  return columns.map((column) => {
    const field = column.field && best.get(column.field) === column ? column.field : null;
    return { column, use: 0, field, options: column.options ?? {}, guessed: field !== null };
  });
}

/** The columns as a plan has them; what it says of columns that are not there is left out. */
export function mappingOf(columns: ImportColumn[], planned: ColumnMapping[], fields: ImportTarget[]): ColumnChoice[] {
  const known = new Set(fields.map((field) => field.path));
  return columns.flatMap((column) => {
    const uses = planned.filter((one) => one.column === column.index && known.has(one.field ?? ""));
    if (uses.length === 0) return [{ column, use: 0, field: null, options: {}, guessed: false }];
    return uses.map(({ field, options }, use) => ({
      column,
      use,
      field: field ?? null,
      options: options ?? {},
      guessed: false,
    }));
  });
}

/** Gives a use of a column a field, and takes it from the column that had it, unless both make it together. */
export function chooseField(
  mapping: ColumnChoice[],
  key: string,
  field: string | null,
  joined: boolean,
): ColumnChoice[] {
  return mapping.map((choice) => {
    if (keyOf(choice) === key) return { ...choice, field, options: {}, guessed: false };
    if (field !== null && choice.field === field && !joined)
      return { ...choice, field: null, options: {}, guessed: false };
    return choice;
  });
}

export function chooseOptions(mapping: ColumnChoice[], key: string, options: ColumnOptions): ColumnChoice[] {
  return mapping.map((choice) => (keyOf(choice) === key ? { ...choice, options } : choice));
}

/** Uses a column once more, below its other uses. */
export function onceMore(mapping: ColumnChoice[], column: ImportColumn): ColumnChoice[] {
  const uses = mapping.filter((choice) => choice.column.index === column.index);
  const last = uses.at(-1);
  if (!last) return mapping;
  const use = Math.max(...uses.map((choice) => choice.use)) + 1;
  const at = mapping.indexOf(last) + 1;
  return [...mapping.slice(0, at), { column, use, field: null, options: {}, guessed: false }, ...mapping.slice(at)];
}

export function dropUse(mapping: ColumnChoice[], key: string): ColumnChoice[] {
  return mapping.filter((choice) => keyOf(choice) !== key);
}

/** Frees a field of every column that has it. */
export function freeField(mapping: ColumnChoice[], field: string): ColumnChoice[] {
  return mapping.map((choice) =>
    choice.field === field ? { ...choice, field: null, options: {}, guessed: false } : choice,
  );
}

/** Reads a cell as another value, in the columns of a field. */
export function readCellAs(mapping: ColumnChoice[], field: string, cell: string, value: string): ColumnChoice[] {
  return mapping.map((choice) =>
    choice.field === field
      ? { ...choice, options: { ...choice.options, values: { ...choice.options.values, [cell]: value } } }
      : choice,
  );
}

/** The fields rows could be matched by: those that something is given for. */
export function matchChoices(given: ReadonlySet<string>, fields: ImportTarget[]): ImportTarget[] {
  return fields.filter((field) => field.matchable && given.has(field.path));
}

/** What of the rule still makes sense where these fields are given. */
export function keepMatch(match: Match, given: ReadonlySet<string>, fields: ImportTarget[]): Match {
  if (!match) return null;
  const possible = new Set(matchChoices(given, fields).map((field) => field.path));
  const otherwise = match.or_fields?.filter((field) => possible.has(field)) ?? [];
  const first = match.fields.filter((field) => possible.has(field));
  const [left, or_fields] = first.length > 0 ? [first, otherwise] : [otherwise, []];
  if (left.length === 0) return null;
  const { overwrite, or_fields: _before, ...rest } = match;
  const kept = overwrite?.filter((field) => given.has(field));
  const found = { ...rest, fields: left, ...(or_fields.length > 0 ? { or_fields } : {}) };
  return { ...found, ...(kept && kept.length > 0 ? { overwrite: kept } : {}) };
}

/** Fields a new record needs and nothing gives. A part of a field counts for it; those with a default fill themselves. */
export function missingRequired(
  given: ReadonlySet<string>,
  fields: ImportTarget[],
  hasDefault: (path: string) => boolean = () => false,
): ImportTarget[] {
  const heads = new Set([...given].map((path) => path.split(".")[0] ?? path));
  return fields.filter(
    (field) => field.required && !given.has(field.path) && !heads.has(field.path) && !hasDefault(field.path),
  );
}

/** What of the options says something. */
export function saidOptions(options: ColumnOptions): ColumnOptions {
  const said = Object.entries(options).filter(([, value]) => {
    if (value === null || value === undefined || value === "") return false;
    return typeof value !== "object" || Object.keys(value).length > 0;
  });
  return Object.fromEntries(said) as ColumnOptions;
}

/** The columns as the server takes them. */
export function columnsInput(mapping: ColumnChoice[]): ColumnMapping[] {
  return mapping
    .filter((choice) => choice.use === 0 || choice.field !== null)
    .map(({ column, field, options }) => {
      const said = saidOptions(options);
      return {
        column: column.index,
        field,
        ...(field !== null && Object.keys(said).length > 0 ? { options: said } : {}),
      };
    });
}

/** The values of a field that the server could not read, most frequent first. */
export function unreadValues(problems: RowProblem[], field: string, part = ""): { value: string; rows: number }[] {
  const counts = new Map<string, number>();
  for (const problem of problems) {
    if ((problem.part ?? "") !== part || problem.field !== field) continue;
    if (problem.code !== "bad_option" || problem.value === "") continue;
    counts.set(problem.value, (counts.get(problem.value) ?? 0) + 1);
  }
  return [...counts].map(([value, rows]) => ({ value, rows })).sort((a, b) => b.rows - a.rows);
}
