import { answer, api, apiUrl, currentCsrfToken } from "./client";
import { ApiError } from "./errors";
import type { components } from "./generated/openapi";
import type { Problem } from "./types";
import { dispositionOf } from "./upload";

type Schemas = components["schemas"];

/** How the cells of a column are read where that is not plain. */
export type ColumnOptions = Schemas["ImportColumnOptions"];
export type ImportColumn = Schemas["ImportColumn"];
/** What a column can become: a field, or a part of one. */
export type ImportTarget = Schemas["ImportTarget"];
export type ImportUpload = Schemas["ImportUpload"];
export type OnMatch = Schemas["ImportOnMatch"];
export type ImportPlan = Schemas["ImportPlan"];
export type ImportCounts = Schemas["ImportCounts"];
export type RowProblem = Schemas["ImportProblem"];
/** Rows that would be new records and likely mean one that is there. */
export type ImportDuplicates = Schemas["ImportDuplicates"];
export type ImportPreview = Schemas["ImportPreview"];
export type ImportState = Schemas["ImportState"];
export type ImportProgress = Schemas["Import"];

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
export const runImport = (id: string): Promise<unknown> => answer(api.POST("/imports/{id}/run", of(id)));
export const cancelImport = (id: string): Promise<unknown> => answer(api.POST("/imports/{id}/cancel", of(id)));
export const readImport = (id: string, signal?: AbortSignal): Promise<ImportProgress> =>
  answer(api.GET("/imports/{id}", { ...of(id), signal }));
export const rejectedUrl = (id: string): string => apiUrl(`/imports/${id}/rejected`);
