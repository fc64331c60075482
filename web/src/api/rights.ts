import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";
import type { components } from "./generated/openapi";
import { queryKeys } from "./query-keys";
import type { SchemaChange } from "./schema";

/** Rights as docs/permissions.md explains them: roles, sharing rules, shares of a record, and what they come to. */

type Schemas = components["schemas"];

/** Which records, seen from the member. */
export type RowScope = Schemas["RowScope"];
export type FieldRight = Schemas["FieldRight"];
/** What is allowed on every record or on none. */
export type Flag = "create" | "import" | "export" | "bulk" | "share" | "assign" | "lock";
export type FreezeRule = Schemas["FreezeRule"];
export type DenyRights = Schemas["DenyRights"];
export type ObjectRights = Schemas["ObjectRightsInput"];
export type RoleDefinition = Omit<Schemas["RoleDefinition"], "objects"> & {
  objects: { [object: string]: ObjectRights };
};
export type StoredRole = Schemas["StoredRole"];
export type Audience = Schemas["Audience"];
export type SharingRule = Schemas["SharingRule"];
/** Changes of `POST /schema/plan` and `/schema/apply` that are about rights. */
export type RightsChange = Extract<
  SchemaChange,
  { op: "put_role" | "remove_role" | "put_sharing_rule" | "remove_sharing_rule" }
>;
export type Simulation = Schemas["Simulation"];
export type RecordVerb = Schemas["VerbExplanation"]["verb"];
export type Principal = Schemas["Principal"];
export type PrincipalKind = Principal["kind"];
export type ShareLevel = Schemas["ShareLevel"];
export type Share = Schemas["Share"];
export type NewShare = Schemas["NewShare"];
/** One rule that speaks of a record. */
export type Reason = Schemas["AccessReason"];
export type Explanation = Schemas["AccessExplanation"];
export type Viewer = Schemas["Viewer"];

export interface ViewerPage {
  items: Viewer[];
  next_cursor: string | null;
}

export const rolesOptions = queryOptions({
  queryKey: queryKeys.roles,
  queryFn: async ({ signal }) => (await answer(api.GET("/roles", { signal }))).items,
});

export const sharingRulesOptions = queryOptions({
  queryKey: queryKeys.sharingRules,
  queryFn: async ({ signal }) => (await answer(api.GET("/sharing-rules", { signal }))).items,
});

/** What changes of roles and sharing rules would do; nothing is written. */
export const simulateRights = (changes: RightsChange[], signal?: AbortSignal): Promise<Simulation> =>
  answer(api.POST("/rights/simulate", { body: { changes }, signal }));

export const sharesOptions = (object: string, id: string) =>
  queryOptions({
    queryKey: queryKeys.shares(object, id),
    queryFn: async ({ signal }) =>
      (await answer(api.GET("/records/{object}/{id}/shares", { params: { path: { object, id } }, signal }))).items,
  });

export const addShare = (object: string, id: string, share: NewShare): Promise<{ items: Share[] }> =>
  answer(api.POST("/records/{object}/{id}/shares", { params: { path: { object, id } }, body: share }));
export const removeShare = (object: string, id: string, { kind, id: principal }: Principal): Promise<void> =>
  answer(
    api.DELETE("/records/{object}/{id}/shares/{kind}/{principal}", {
      params: { path: { object, id, kind, principal } },
    }),
  );

/** Why a member may do something with a record, or not; the caller himself where none is named. */
export const explanationOptions = (object: string, id: string, member: string | null) =>
  queryOptions({
    queryKey: queryKeys.explanation(object, id, member ?? ""),
    queryFn: ({ signal }) =>
      // The client's types forget that a pair is a pair.
      answer(
        api.GET("/records/{object}/{id}/access", {
          params: { path: { object, id }, query: { member: member ?? undefined } },
          signal,
        }),
      ) as Promise<Explanation>,
    staleTime: 0,
  });

export const readViewers = (
  object: string,
  id: string,
  cursor: string | null,
  signal: AbortSignal,
): Promise<ViewerPage> =>
  answer(
    api.GET("/records/{object}/{id}/viewers", {
      params: { path: { object, id }, query: { cursor: cursor ?? undefined } },
      signal,
    }),
  );
