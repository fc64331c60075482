import { answer, api } from "./client";
import type { components } from "./generated/openapi";
import { listRecords, runAction } from "./records";
import type { RecordData } from "./types";

/** Asking outside services for what records lack (`docs/enrichment.md`). */

export const ENRICHMENT_SOURCE = "enrichment_source";

export type EnrichmentRun = components["schemas"]["EnrichmentRun"];
export type EnrichmentRunUnderWay = components["schemas"]["EnrichmentRunUnderWay"];
export type EnrichmentDone = components["schemas"]["EnrichmentDone"];
export type EnrichmentProposal = components["schemas"]["EnrichmentProposal"];

/** How answers are written: `overwrite` names fields that change although they hold something. */
export interface EnrichmentTerms {
  overwrite: string[];
  /** Also where somebody typed what they hold. */
  typed: boolean;
}

/** The sources in use for the records of an object. */
export const listSources = async (object: string, signal?: AbortSignal): Promise<RecordData[]> => {
  const query = { filter: `active && object == ${JSON.stringify(object)}`, sort: "name", limit: 50 };
  return (await listRecords(ENRICHMENT_SOURCE, query, signal)).items;
};

/** Has a source asked about some records; nothing is written. */
export const beginRun = async (source: string, records: string[], terms: EnrichmentTerms): Promise<string> => {
  const { overwrite, typed } = terms;
  const mode = overwrite.length > 0 ? "overwrite" : "fill";
  const begun = await runAction(ENRICHMENT_SOURCE, source, "enrich", {
    records,
    mode,
    ...(overwrite.length > 0 ? { overwrite, typed } : {}),
  });
  return String((begun as { run?: unknown }).run);
};

export const readRun = (id: string, signal?: AbortSignal): Promise<EnrichmentRun> =>
  answer(api.GET("/enrichment/runs/{id}", { params: { path: { id } }, signal }));

/** Writes what was shown under this digest. */
export const applyRun = (id: string, digest: string) =>
  answer(api.POST("/enrichment/runs/{id}/apply", { params: { path: { id } }, body: { digest, leave_out: [] } }));

/** One's own runs that are asking, or wait to be looked at. */
export const listRuns = async (signal?: AbortSignal): Promise<EnrichmentRunUnderWay[]> =>
  (await answer(api.GET("/enrichment/runs", { signal }))).items;

export const dropRun = (id: string) => answer(api.DELETE("/enrichment/runs/{id}", { params: { path: { id } } }));

export const setSecret = (source: string, secret: string | null) =>
  answer(api.POST("/enrichment/sources/{id}/secret", { params: { path: { id: source } }, body: { secret } }));
