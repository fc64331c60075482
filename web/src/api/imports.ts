import { answer, api, apiUrl, currentCsrfToken } from "./client";
import { ApiError } from "./errors";
import type { components } from "./generated/openapi";
import type { Page } from "./records";
import type { Problem } from "./types";
import { dispositionOf } from "./upload";

type Schemas = components["schemas"];

/** How the cells of a column are read where that is not plain. */
export type ColumnOptions = Schemas["ImportColumnOptionsInput"];
export type ImportColumn = Schemas["ImportColumn"];
/** What a column can become: a field, or a part of one. */
export type ImportTarget = Schemas["ImportTarget"];
/** What the columns of a file seem to be in an object. */
export type ImportGuess = Schemas["ImportGuess"];
export type ImportUpload = Schemas["ImportUpload"];
export type OnMatch = Schemas["ImportOnMatch"];
export type ColumnMapping = Schemas["ImportColumnMappingInput"];
/** A reference from one record of a row to another one of the same row. */
export type FieldLink = Schemas["ImportLink"];
/** A further record that a row makes. */
export type AlsoPart = Schemas["ImportPartInput"];
/** What is said of the records of one object, the main one or a further one. */
export type PlanPart = Pick<Schemas["ImportPlanInput"], "mapping" | "match" | "constants" | "computed" | "links">;
export type OwnerRule = Schemas["ImportOwners"];
export type DepartmentRule = Schemas["ImportDepartments"];
export type ImportPlan = Schemas["ImportPlanInput"];
export type ImportCounts = Schemas["ImportCounts"];
export type RowProblem = Schemas["ImportProblem"];
/** The problems of all rows by kind. */
export type ProblemKind = Schemas["ImportProblemKind"];
export type PartCounts = Schemas["ImportPartCounts"];
/** Rows that would be new records and likely mean one that is there. */
export type ImportDuplicates = Schemas["ImportDuplicates"];
/** Rows of the file that mean the same record as a row before them. */
export type ImportRepeats = Schemas["ImportRepeats"];
export type ImportPreview = Schemas["ImportPreview"];
export type ImportState = Schemas["ImportState"];
export type ImportProgress = Schemas["Import"];
/** A row of the file as it stands now, its problems named. */
export type ImportRow = Schemas["ImportRow"];
export type ImportRows = Schemas["ImportRows"];
/** A mapping that was saved, or one that comes with the product. */
export type ImportedRecord = Schemas["ImportedRecord"];
export type ImportedAs = "created" | "updated" | "skipped";
export type KnownMapping = Schemas["KnownImportMapping"];

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

export const planImport = (id: string, plan: ImportPlan): Promise<ImportPreview> =>
  answer(api.POST("/imports/{id}/plan", { ...of(id), body: plan }));
/** Begins it, or goes on with it; after its end once more with the rows that were refused and are mended. */
export const runImport = (id: string, rows: "all" | "rejected" = "all"): Promise<ImportProgress> =>
  answer(api.POST("/imports/{id}/run", { ...of(id), body: { rows } }));
/** Holds it; `runImport` goes on. */
export const pauseImport = (id: string): Promise<ImportProgress> => answer(api.POST("/imports/{id}/pause", of(id)));
export const cancelImport = (id: string): Promise<unknown> => answer(api.POST("/imports/{id}/cancel", of(id)));
export const readImport = (id: string, signal?: AbortSignal): Promise<ImportProgress> =>
  answer(api.GET("/imports/{id}", { ...of(id), signal }));
export const rejectedUrl = (id: string): string => apiUrl(`/imports/${id}/rejected`);

/** What the columns of its file seem to be in an object. */
export const guessImport = (id: string, object: string, signal?: AbortSignal): Promise<ImportGuess> =>
  answer(api.GET("/imports/{id}/guess", { params: { path: { id }, query: { object } }, signal }));
/** What the first cells of a column, or the first rows in an expression, become. */
export const tryImport = (
  id: string,
  what: Schemas["ImportTry"],
  signal?: AbortSignal,
): Promise<Schemas["ImportTries"]> => answer(api.POST("/imports/{id}/try", { ...of(id), body: what, signal }));

export interface RowsQuery {
  only?: "problems" | "fixed" | "left_out";
  field?: string;
  code?: string;
  /** Key of the records the problem is of; empty for the main ones. */
  part?: string;
  after?: number;
  limit?: number;
}
export const listImportRows = (id: string, query: RowsQuery, signal?: AbortSignal): Promise<ImportRows> =>
  answer(api.GET("/imports/{id}/rows", { params: { path: { id }, query }, signal }));
/** Rows with the records they led to. */
export const listImportedRecords = (
  id: string,
  query: { only: ImportedAs; after?: number; limit?: number },
  signal?: AbortSignal,
): Promise<Schemas["ImportedRows"]> =>
  answer(api.GET("/imports/{id}/records", { params: { path: { id }, query }, signal }));
const ofRow = (id: string, row: number) => ({ params: { path: { id, row: String(row) } } });
/** Puts other texts into cells of a row, by their columns, or leaves the row out; answers it as it then stands. */
export const fixImportRow = (id: string, row: number, fix: Schemas["ImportRowFix"]): Promise<ImportRow> =>
  answer(api.PATCH("/imports/{id}/rows/{row}", { ...ofRow(id, row), body: fix }));
/** Back to what the file says. */
export const restoreImportRow = (id: string, row: number): Promise<ImportRow> =>
  answer(api.DELETE("/imports/{id}/rows/{row}", ofRow(id, row)));

export interface ImportsQuery {
  object?: string;
  schedule?: string;
  cursor?: string;
}
/** Imports of an object or of a schedule, the latest first. */
export const listImports = (query: ImportsQuery, signal?: AbortSignal): Promise<Page<ImportProgress>> =>
  answer(api.GET("/imports", { params: { query }, signal }));
/** One's own mappings, shared ones and ready ones, for the columns of the file of an import. */
export const listMappings = (
  object: string,
  importId: string,
  signal?: AbortSignal,
): Promise<{ items: KnownMapping[] }> =>
  answer(api.GET("/imports/mappings", { params: { query: { object, import: importId } }, signal }));

/** Runs a scheduled import now. */
export const runSchedule = (id: string): Promise<unknown> => answer(api.POST("/imports/schedules/{id}/run", of(id)));
/** Tells a scheduled import how to reach its database; the address holds a password and is never told again. */
export const connectSchedule = (id: string, address: string, certificate: string): Promise<unknown> => {
  const body = { address, ...(certificate ? { certificate } : {}) };
  return answer(api.POST("/imports/schedules/{id}/connection", { ...of(id), body }));
};
