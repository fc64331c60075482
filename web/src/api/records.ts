import type { InfiniteData } from "@tanstack/react-query";
import { answer, api, inPassing } from "./client";
import { ApiError } from "./errors";
import type {
  AggregateQuery,
  AggregateResult,
  BatchInput,
  BatchResult,
  BulkInput,
  BulkResult,
  DryRun,
  FieldError,
  HistoryItem,
  Json,
  ListQuery,
  RecordData,
  RecordPage,
  RecordValues,
  TimelineItem,
  UndoResult,
  UndoRun,
} from "./types";

/** A page of anything, with the cursor of the next. */
export interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
}

/** A list as far as it was read. */
export type RecordListData = InfiniteData<RecordPage, string | null>;

/** Whether what is kept under a list's key is a list: some keep a single answer there, or that there is none. */
export const isRecordList = (data: unknown): data is RecordListData =>
  typeof data === "object" && data !== null && "pages" in data;

export const listRecords = (object: string, query: ListQuery, signal?: AbortSignal): Promise<RecordPage> =>
  answer(api.GET("/records/{object}", { params: { path: { object }, query }, signal }));

export const readRecord = (object: string, id: string, fields?: string, signal?: AbortSignal): Promise<RecordData> =>
  answer(api.GET("/records/{object}/{id}", { params: { path: { object, id }, query: { fields } }, signal }));

/** Makes a record; under the same key once, however often it is sent. */
export const createRecord = (object: string, values: RecordValues, idempotencyKey?: string): Promise<RecordData> =>
  answer(
    api.POST("/records/{object}", {
      params: { path: { object }, header: { "Idempotency-Key": idempotencyKey } },
      body: values,
    }),
    // Only a dry run answers something else.
  ) as Promise<RecordData>;

export interface UpdateOptions {
  /** The version the values were based on; a stale one is answered with a conflict. */
  version?: number;
  /** Let fields nobody else touched merge by themselves. */
  merge?: boolean;
  idempotencyKey?: string;
}

/** Changes the fields named. The error of a stale version carries `conflict`. */
export const updateRecord = (
  object: string,
  id: string,
  values: RecordValues,
  { version, merge, idempotencyKey }: UpdateOptions = {},
): Promise<RecordData> =>
  answer(
    api.PATCH("/records/{object}/{id}", {
      params: {
        path: { object, id },
        header: {
          "Idempotency-Key": idempotencyKey,
          "If-Match": version === undefined ? undefined : `"${version}"`,
          Prefer: merge ? "merge" : undefined,
        },
      },
      body: values,
    }),
    // Only a dry run answers something else.
  ) as Promise<RecordData>;

/** What would be wrong with making a record, or with changing the one named; nothing is written. */
export const tryRecord = async (
  object: string,
  id: string | null,
  body: RecordValues,
  signal: AbortSignal,
): Promise<FieldError[]> => {
  const query = { dry_run: true };
  const { problems } = (await answer(
    id === null
      ? api.POST("/records/{object}", { params: { path: { object }, query }, body, signal, ...inPassing })
      : api.PATCH("/records/{object}/{id}", {
          params: { path: { object, id }, query },
          body,
          signal,
          ...inPassing,
        }),
  )) as DryRun;
  return problems;
};

/** To the recycle bin, or gone for good. */
export const deleteRecord = (object: string, id: string, permanent?: true): Promise<void> =>
  answer(api.DELETE("/records/{object}/{id}", { params: { path: { object, id }, query: { permanent } } }));

export const restoreRecord = (object: string, id: string): Promise<RecordData> =>
  answer(api.POST("/records/{object}/{id}/restore", { params: { path: { object, id } } }));

export const bulkChange = (object: string, input: BulkInput): Promise<BulkResult> =>
  // Only a dry run answers something else.
  answer(api.POST("/records/{object}/bulk", { params: { path: { object } }, body: input })) as Promise<BulkResult>;

/** Several changes of one object, each planned by itself. */
export const batchChange = (object: string, input: BatchInput): Promise<BatchResult> =>
  // Only a dry run answers something else.
  answer(api.POST("/records/{object}/batch", { params: { path: { object } }, body: input })) as Promise<BatchResult>;

const UNDO_POLL_MS = 700;

/** Takes a whole change back (an edit, a bulk edit, an import): at once, or in the background where it is of very many. */
export const beginUndo = (id: string): Promise<UndoResult | UndoRun> =>
  answer(api.POST("/changes/{id}/undo", { params: { path: { id } } }));

export const readUndo = (id: string): Promise<UndoRun> =>
  answer(api.GET("/changes/{id}/undo", { params: { path: { id } } }));

/** The same, to its end. */
export async function undoChange(id: string): Promise<UndoResult> {
  let told = await beginUndo(id);
  while ("state" in told && told.state === "undoing") {
    await new Promise((resolve) => setTimeout(resolve, UNDO_POLL_MS));
    told = await readUndo(id);
  }
  if ("state" in told && told.state === "failed") {
    throw new ApiError({ status: 409, code: "state_conflict", title: told.failure ?? "" });
  }
  return told;
}

/** Gives a record back what it held in a version before. */
export const restoreVersion = (object: string, id: string, version: number) =>
  answer(
    api.POST("/records/{object}/{id}/versions/{version}/restore", {
      params: { path: { object, id, version: String(version) } },
    }),
  );

/** What an action answers is its own. Under the same key it is done once, however often it is sent. */
export const runAction = (
  object: string,
  id: string,
  action: string,
  input: RecordValues,
  idempotencyKey?: string,
): Promise<Json> =>
  // Only a dry run answers something else.
  answer(
    api.POST("/records/{object}/{id}/actions/{action}", {
      params: { path: { object, id, action }, header: { "Idempotency-Key": idempotencyKey } },
      body: input,
    }),
  ) as Promise<Json>;

/** Runs an action of an object rather than of one of its records. */
export const runObjectAction = (object: string, action: string, input: RecordValues): Promise<Json> =>
  // Only a dry run answers something else.
  answer(
    api.POST("/records/{object}/actions/{action}", { params: { path: { object, action } }, body: input }),
  ) as Promise<Json>;

export const aggregate = (object: string, query: AggregateQuery, signal?: AbortSignal): Promise<AggregateResult> =>
  answer(api.GET("/records/{object}/aggregate", { params: { path: { object }, query }, signal }));

export const readHistory = (
  object: string,
  id: string,
  query: { limit: number; cursor?: string },
  signal?: AbortSignal,
): Promise<Page<HistoryItem>> =>
  answer(api.GET("/records/{object}/{id}/history", { params: { path: { object, id }, query }, signal }));

export const readTimeline = (
  object: string,
  id: string,
  query: { limit: number; kinds?: string; cursor?: string },
  signal?: AbortSignal,
): Promise<Page<TimelineItem>> =>
  answer(api.GET("/records/{object}/{id}/timeline", { params: { path: { object, id }, query }, signal }));
