import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";
import type { components } from "./generated/openapi";
import { queryKeys } from "./query-keys";

/** Records locked one by one: for everybody but those named, until released or until a time. */

type Schemas = components["schemas"];

export type RecordLock = Schemas["RecordLock"];
export type LockOfRecord = Schemas["LockOfRecord"];
export type NewRecordLock = Schemas["NewRecordLock"];

export const recordLockOptions = (object: string, id: string) =>
  queryOptions({
    queryKey: queryKeys.recordLock(object, id),
    queryFn: ({ signal }) =>
      answer(api.GET("/records/{object}/{id}/lock", { params: { path: { object, id } }, signal })),
  });

export const lockRecord = (object: string, id: string, lock: NewRecordLock): Promise<RecordLock> =>
  answer(api.POST("/records/{object}/{id}/lock", { params: { path: { object, id } }, body: lock }));

export const releaseRecord = (object: string, id: string): Promise<void> =>
  answer(api.DELETE("/records/{object}/{id}/lock", { params: { path: { object, id } } }));
