import { apiUrl, currentCsrfToken, get, post } from "./client";
import { ApiError } from "./errors";
import type { FieldType, Label, Problem } from "./types";
import { dispositionOf } from "./upload";

/** How the cells of a column are read where that is not plain. */
export interface ColumnOptions {
  /** References: the field of the other object that the cells hold. */
  by?: string;
  /** Cells read as something else: `{"潜在": "prospect"}`. */
  values?: { [cell: string]: string };
  date_order?: "dmy" | "mdy";
}

export interface ImportColumn {
  index: number;
  header: string;
  samples: string[];
  /** What the server takes it for, and how sure it is, 0 to 1. */
  field: string | null;
  confidence: number;
  options?: ColumnOptions;
}

/** What a column can become: a field, or a part of one. */
export interface ImportTarget {
  path: string;
  label: Label;
  type: FieldType;
  required: boolean;
  /** Rows can find their record by it. */
  matchable: boolean;
}

export interface ImportUpload {
  id: string;
  object: string;
  file_name: string;
  encoding: string;
  format: string;
  rows: number;
  columns: ImportColumn[];
  fields: ImportTarget[];
}

export type OnMatch = "skip" | "fill" | "overwrite";

export interface ImportPlan {
  mapping: { column: number; field: string | null; options?: ColumnOptions }[];
  match: { field: string; on_match: OnMatch } | null;
}

export interface ImportCounts {
  create: number;
  update: number;
  skip: number;
  reject: number;
}

export interface RowProblem {
  /** As a spreadsheet numbers it. */
  row: number;
  field: string;
  code: string;
  message: string;
  value: string;
}

export interface ImportPreview {
  id: string;
  counts: ImportCounts;
  problems: RowProblem[];
  more_problems: boolean;
}

export type ImportState = "uploaded" | "planned" | "running" | "done" | "failed" | "cancelled";

export interface ImportProgress {
  id: string;
  object: string;
  file_name: string;
  state: ImportState;
  done: number;
  total: number;
  counts: ImportCounts;
  change_id: string | null;
  problems?: RowProblem[];
  more_problems?: boolean;
  failure?: string | null;
}

/** Sends the table; `onProgress` hears how much is through, from 0 to 1. */
export function uploadImport(
  object: string,
  file: File,
  onProgress: (part: number) => void,
  signal: AbortSignal,
): Promise<ImportUpload> {
  return new Promise((resolve, reject) => {
    // fetch cannot tell how far an upload is; XMLHttpRequest can.
    const call = new XMLHttpRequest();
    call.open("POST", apiUrl("/imports", { object }));
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
  post<ImportPreview>(`/imports/${id}/plan`, plan);
export const runImport = (id: string): Promise<unknown> => post(`/imports/${id}/run`);
export const cancelImport = (id: string): Promise<unknown> => post(`/imports/${id}/cancel`);
export const readImport = (id: string, signal?: AbortSignal): Promise<ImportProgress> =>
  get<ImportProgress>(`/imports/${id}`, undefined, signal);
export const rejectedUrl = (id: string): string => apiUrl(`/imports/${id}/rejected`);
