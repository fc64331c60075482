import { answer, api, apiUrl, currentCsrfToken } from "./client";
import { ApiError } from "./errors";
import type { components } from "./generated/openapi";
import type { Json, Problem, Reference } from "./types";
import { dispositionOf } from "./upload";

type Schemas = components["schemas"];

export interface ColumnOptions {
  by?: string | null;
  values?: { [cell: string]: string };
  date_order?: "dmy" | "mdy" | null;
  split?: { at: string; part: number } | null;
  take?: "digits" | "upper" | "lower" | "title" | "trim" | null;
  prefix?: string | null;
  suffix?: string | null;
  date_form?: "auto" | "yyyymmdd" | "excel" | "unix" | "unix_ms" | null;
  unit?: "wan" | "yi" | "thousand" | null;
  empty?: string[];
  otherwise?: string | null;
}
export interface ImportColumn {
  index: number;
  header: string;
  samples: string[];
  field: string | null;
  confidence: number;
  options?: ColumnOptions;
}
/** What a column can become: a field, or a part of one. */
export type ImportTarget = Schemas["ImportTarget"];
/** What the columns of a file seem to be in an object. */
export interface ImportGuess {
  object: string;
  fields: ImportTarget[];
  columns: ImportColumn[];
}
export interface SuggestedMapping {
  id: string | null;
  key: string | null;
  name: string;
  source: "saved" | "ready";
  fit: number;
}
export type ImportUpload = Omit<Schemas["ImportUpload"], "columns"> & {
  columns: ImportColumn[];
  suggested?: SuggestedMapping[];
  /** The tables of an archive. */
  files?: { id: string | null; file_name: string; object: string; rows: number; problem: string | null }[];
};
export type OnMatch = Schemas["ImportOnMatch"];
export interface MatchRule {
  fields: string[];
  on_match: OnMatch;
  overwrite?: string[];
}
export interface ColumnMapping {
  column: number;
  field: string | null;
  options?: ColumnOptions;
}
export interface FieldLink {
  field: string;
  to: string;
}
export interface PlanPart {
  mapping: ColumnMapping[];
  match?: MatchRule | null;
  constants?: { field: string; value: Json }[];
  computed?: { field: string; expression: string }[];
  links?: FieldLink[];
}
export interface AlsoPart extends PlanPart {
  key: string;
  object: string;
}
export type OwnerRule =
  | { by: "member"; member: string }
  | { by: "column"; column: number }
  | { by: "turns"; members: string[] }
  | { by: "values"; column: number; members: { [cell: string]: string }; otherwise?: string | null };
export type DepartmentRule =
  | { by: "department"; department: string }
  | { by: "column"; column: number }
  | { by: "values"; column: number; departments: { [cell: string]: string }; otherwise?: string | null };
export interface ImportPlan extends PlanPart {
  also?: AlsoPart[];
  owners?: OwnerRule | null;
  departments?: DepartmentRule | null;
}
export type ImportCounts = Schemas["ImportCounts"];
export type RowProblem = Schemas["ImportProblem"] & { part?: string | null };
/** The problems of all rows by kind. */
export interface ProblemKind {
  part?: string | null;
  field: string;
  code: string;
  message: string;
  count: number;
}
export interface PartCounts {
  key: string;
  object: string;
  counts: ImportCounts;
}
/** Rows that would be new records and likely mean one that is there. */
export type ImportDuplicates = Schemas["ImportDuplicates"];
export type ImportPreview = Omit<Schemas["ImportPreview"], "problems"> & {
  problems: RowProblem[];
  parts?: PartCounts[];
  kinds?: ProblemKind[];
  repeated?: ImportRepeats;
};
/** Rows of the file that mean the same record as a row before them. */
export interface ImportRepeats {
  rows: number;
  first: { row: number; of: number; part: string; value: string; certain: boolean }[];
}
export type ImportState = Schemas["ImportState"] | "paused";
export type ImportProgress = Omit<Schemas["Import"], "state" | "problems"> & {
  state: ImportState;
  problems: RowProblem[];
  plan?: ImportPlan | null;
  sheet?: string | null;
  parts?: PartCounts[];
  kinds?: ProblemKind[];
  created_at?: string;
  updated_at?: string;
  headers?: string[];
  member?: Reference | null;
  group?: string | null;
  /** Rows refused that can be mended and run again. */
  open?: number;
};
/** A row of the file as it stands now, its problems named. */
export interface ImportRow {
  row: number;
  cells: string[];
  problems: RowProblem[];
  fixed: boolean;
  left_out?: boolean;
}
export interface ImportRows {
  items: ImportRow[];
  next: number | null;
  total?: number;
}
export interface TriedCell {
  row: number;
  from: string;
  value: Json;
  text: string;
  problem: { code: string; message: string } | null;
}
export interface KnownMapping {
  id: string | null;
  key: string | null;
  name: string;
  object: string;
  source: "saved" | "ready";
  shared: boolean;
  mine: boolean;
  fit?: number | null;
  plan: ImportPlan;
}

const of = (id: string) => ({ params: { path: { id } } });

/** Sends the table, or one sheet of a workbook; `onProgress` hears how much is through, from 0 to 1. */
export function uploadImport(
  object: string,
  file: File,
  onProgress: (part: number) => void,
  signal: AbortSignal,
  sheet?: string,
): Promise<ImportUpload> {
  return new Promise((resolve, reject) => {
    // fetch cannot tell how far an upload is; XMLHttpRequest can.
    const call = new XMLHttpRequest();
    call.open("POST", apiUrl("/imports", { object, sheet }));
    call.responseType = "json";
    call.setRequestHeader("accept", "application/json");
    call.setRequestHeader("content-type", file.type || "application/octet-stream");
    call.setRequestHeader("content-disposition", dispositionOf(file.name));
    const token = currentCsrfToken();
    if (token) call.setRequestHeader("x-csrf-token", token);
    call.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    call.onload = () => {
      if (call.status >= 200 && call.status < 300) {
        resolve(call.response as ImportUpload);
        return;
      }
      const problem = call.response as Problem | null;
      const known = problem?.code ? problem : null;
      const title = known?.title ?? `HTTP ${call.status}`;
      reject(new ApiError({ status: call.status, code: known?.code ?? "bad_response", title, problem: known }));
    };
    call.onerror = () => reject(new ApiError({ status: 0, code: "network", title: "network" }));
    call.onabort = () => reject(new DOMException("aborted", "AbortError"));
    signal.addEventListener("abort", () => call.abort());
    call.send(file);
  });
}

/** Calls whose answers are typed above. */
type Loose = {
  GET: (path: string, init?: object) => Promise<never>;
  POST: (path: string, init?: object) => Promise<never>;
  PATCH: (path: string, init?: object) => Promise<never>;
  DELETE: (path: string, init?: object) => Promise<never>;
};
export const loose = api as unknown as Loose;

export const planImport = (id: string, plan: ImportPlan): Promise<ImportPreview> =>
  answer(loose.POST("/imports/{id}/plan", { ...of(id), body: plan }));
/** Begins it, or goes on with it; after its end once more with the rows that were refused and are mended. */
export const runImport = (id: string, rows?: "rejected"): Promise<ImportProgress> =>
  answer(loose.POST("/imports/{id}/run", { ...of(id), ...(rows ? { body: { rows } } : {}) }));
/** Holds it; `runImport` goes on. */
export const pauseImport = (id: string): Promise<ImportProgress> => answer(loose.POST("/imports/{id}/pause", of(id)));
export const cancelImport = (id: string): Promise<unknown> => answer(loose.POST("/imports/{id}/cancel", of(id)));
export const readImport = (id: string, signal?: AbortSignal): Promise<ImportProgress> =>
  answer(loose.GET("/imports/{id}", { ...of(id), signal }));
export const rejectedUrl = (id: string): string => apiUrl(`/imports/${id}/rejected`);

/** What the columns of its file seem to be in an object. */
export const guessImport = (id: string, object: string, signal?: AbortSignal): Promise<ImportGuess> =>
  answer(loose.GET("/imports/{id}/guess", { params: { path: { id }, query: { object } }, signal }));
/** What the first cells of a column, or the first rows in an expression, become. */
export const tryImport = (
  id: string,
  what: { object: string; field: string; column?: number; options?: ColumnOptions; expression?: string },
  signal?: AbortSignal,
): Promise<{ items: TriedCell[] }> => answer(loose.POST("/imports/{id}/try", { ...of(id), body: what, signal }));

export interface RowsQuery {
  only?: "problems" | "fixed" | "left_out";
  field?: string;
  code?: string;
  after?: number;
  limit?: number;
}
export const listImportRows = (id: string, query: RowsQuery, signal?: AbortSignal): Promise<ImportRows> =>
  answer(loose.GET("/imports/{id}/rows", { params: { path: { id }, query }, signal }));
const ofRow = (id: string, row: number) => ({ params: { path: { id, row } } });
/** Puts other texts into cells of a row, by their columns, or leaves the row out; answers it as it then stands. */
export const fixImportRow = (
  id: string,
  row: number,
  fix: { cells: { [column: string]: string } } | { leave_out: boolean },
): Promise<ImportRow> => answer(loose.PATCH("/imports/{id}/rows/{row}", { ...ofRow(id, row), body: fix }));
/** Back to what the file says. */
export const restoreImportRow = (id: string, row: number): Promise<ImportRow> =>
  answer(loose.DELETE("/imports/{id}/rows/{row}", ofRow(id, row)));

export interface ImportsQuery {
  object?: string;
  schedule?: string;
  cursor?: string;
}
/** Imports of an object or of a schedule, the latest first. */
export const listImports = (
  query: ImportsQuery,
  signal?: AbortSignal,
): Promise<{ items: ImportProgress[]; next_cursor: string | null }> =>
  answer(loose.GET("/imports", { params: { query }, signal }));
/** One's own mappings, shared ones and ready ones; with an import they come for the columns of its file. */
export const listMappings = (
  object: string,
  importId: string,
  signal?: AbortSignal,
): Promise<{ items: KnownMapping[] }> =>
  answer(loose.GET("/imports/mappings", { params: { query: { object, import: importId } }, signal }));
