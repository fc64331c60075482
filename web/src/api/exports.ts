import { answer, api, apiUrl } from "./client";
import type { components } from "./generated/openapi";
import type { Page } from "./records";

type Schemas = components["schemas"];

export type ExportFormat = Schemas["ExportFormat"];
/** What is exported in the background. */
export type NewExport = Schemas["NewExport"];
export type ExportState = Schemas["ExportState"];
/** An export that is made in the background. */
export type Export = Schemas["Export"];
export type ExportTerms = Schemas["ExportTerms"];

const of = (id: string) => ({ params: { path: { id } } });

/** How many records an export would have, how many the caller may export, and whether he must say why. */
export const exportTerms = (object: string, query: { filter?: string; q?: string }): Promise<ExportTerms> =>
  answer(api.GET("/records/{object}/export/terms", { params: { path: { object }, query } }));

export const beginExport = (asked: NewExport): Promise<Export> => answer(api.POST("/exports", { body: asked }));

export const listExports = (cursor: string | null, signal?: AbortSignal): Promise<Page<Export>> =>
  answer(api.GET("/exports", { params: { query: { limit: 50, ...(cursor ? { cursor } : {}) } }, signal }));

export const readExport = (id: string): Promise<Export> => answer(api.GET("/exports/{id}", of(id)));

/** Ends it, or takes its file away. */
export const cancelExport = (id: string): Promise<Export> => answer(api.POST("/exports/{id}/cancel", of(id)));

export const isOpenExport = ({ state }: Export): boolean => state === "waiting" || state === "running";

/** Has the browser save what stands at an address of the API, whatever its size. */
export function saveFrom(address: string): void {
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.download = "";
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
}

export const saveExport = (id: string): void => saveFrom(apiUrl(`/exports/${id}/file`));
