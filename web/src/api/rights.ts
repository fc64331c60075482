import { queryOptions } from "@tanstack/react-query";
import { get, post, remove } from "./client";
import { queryKeys } from "./query-keys";
import type { Label, Reference } from "./types";

/** Rights as docs/permissions.md explains them: roles, sharing rules, shares of a record, and what they come to. */

/** Which records, seen from the member. */
export type RowScope =
  | "none"
  | "own"
  | "subordinates"
  | "department"
  | "department_tree"
  | "all"
  | { departments: string[] }
  | { when: string };

export type FieldRight = "hidden" | "masked" | "read" | "edit";

/** What is allowed on every record or on none. */
export type Flag = "create" | "import" | "export" | "bulk" | "share" | "assign";

export interface FreezeRule {
  fields: string[];
  when: string;
}

export interface DenyRights {
  read?: RowScope;
  update?: RowScope;
  delete?: RowScope;
  verbs?: Flag[];
  actions?: string[];
  fields?: { [field: string]: FieldRight };
}

export type ObjectRights = {
  read?: RowScope;
  update?: RowScope;
  delete?: RowScope;
  /** As `delete` where absent. */
  restore?: RowScope;
  /** Names, or `*` for all. */
  actions?: string[];
  /** The right on fields not named; `edit` where absent. */
  other_fields?: FieldRight;
  fields?: { [field: string]: FieldRight };
  masked_in_lists?: string[];
  freeze?: FreezeRule[];
  deny?: DenyRights;
} & { [flag in Flag]?: boolean };

export interface RoleDefinition {
  name: string;
  label: Label;
  help?: Label;
  color?: string;
  administrator?: boolean;
  auditor?: boolean;
  gives?: string[];
  objects: { [object: string]: ObjectRights };
}

export interface StoredRole {
  origin: "standard" | "changed" | "custom";
  definition: RoleDefinition;
}

export interface Audience {
  roles?: string[];
  departments?: string[];
  teams?: string[];
  members?: string[];
}

export interface SharingRule {
  name: string;
  label: Label;
  object: string;
  when: string;
  with: Audience;
  write?: boolean;
  paused?: boolean;
}

/** Changes of `POST /schema/plan` and `/schema/apply` that are about rights. */
export type RightsChange =
  | { op: "put_role"; role: RoleDefinition }
  | { op: "remove_role"; name: string }
  | { op: "put_sharing_rule"; rule: SharingRule }
  | { op: "remove_sharing_rule"; name: string };

export interface Simulation {
  /** Members concerned, and how many of them were counted. */
  members: number;
  counted: number;
  rows: {
    member: string;
    name: string;
    object: string;
    verb: RecordVerb;
    gained: number;
    lost: number;
    capped: boolean;
  }[];
  fields: { object: string; field: string; before: FieldRight; after: FieldRight; members: number }[];
}

export type RecordVerb = "read" | "update" | "delete" | "share" | "assign";

export type PrincipalKind = "member" | "team" | "department" | "department_tree";
export type ShareLevel = "read" | "write" | "manage";

export interface Principal extends Reference {
  kind: PrincipalKind;
}

export interface Share {
  with: Principal;
  level: ShareLevel;
  expires_at: string | null;
  /** `manual`, or what made it: `task`, `approval`, `request`. */
  reason: string;
  granted_by: Reference | null;
  created_at: string;
}

export interface NewShare {
  with: { kind: PrincipalKind; id: string };
  level: ShareLevel;
  expires_at?: string;
}

/** One rule that speaks of a record. */
export type Reason =
  | { kind: "administrator" }
  | { kind: "role"; role: string; label: Label; scope: RowScope; within: boolean }
  | { kind: "sharing_rule"; rule: string; label: Label }
  | { kind: "share"; with: Principal; level: ShareLevel; until: string | null; reason: string }
  | { kind: "denied"; role: string; label: Label }
  | { kind: "not_readable" }
  | { kind: "nothing_opens" };

export interface Explanation {
  verbs: { verb: RecordVerb; allowed: boolean; reasons: Reason[] }[];
  /** Fields with less than everything. */
  fields: { field: string; right: FieldRight; masked_in_lists: boolean; roles: [string, FieldRight][] }[];
}

export interface Viewer {
  member: Reference;
  update: boolean;
  delete: boolean;
  reasons: Reason[];
}

export interface ViewerPage {
  items: Viewer[];
  next_cursor: string | null;
}

export const rolesOptions = queryOptions({
  queryKey: queryKeys.roles,
  queryFn: async ({ signal }) => (await get<{ items: StoredRole[] }>("/roles", undefined, signal)).items,
});

export const sharingRulesOptions = queryOptions({
  queryKey: queryKeys.sharingRules,
  queryFn: async ({ signal }) => (await get<{ items: SharingRule[] }>("/sharing-rules", undefined, signal)).items,
});

/** What changes of roles and sharing rules would do; nothing is written. */
export const simulateRights = (changes: RightsChange[], signal?: AbortSignal): Promise<Simulation> =>
  post<Simulation>("/rights/simulate", { changes }, signal ? { signal } : {});

export const sharesOptions = (object: string, id: string) =>
  queryOptions({
    queryKey: queryKeys.shares(object, id),
    queryFn: async ({ signal }) =>
      (await get<{ items: Share[] }>(`/records/${object}/${id}/shares`, undefined, signal)).items,
  });

export const addShare = (object: string, id: string, share: NewShare): Promise<{ items: Share[] }> =>
  post<{ items: Share[] }>(`/records/${object}/${id}/shares`, share);
export const removeShare = (object: string, id: string, { kind, id: principal }: Principal): Promise<void> =>
  remove(`/records/${object}/${id}/shares/${kind}/${principal}`);

/** Why a member may do something with a record, or not; the caller himself where none is named. */
export const explanationOptions = (object: string, id: string, member: string | null) =>
  queryOptions({
    queryKey: queryKeys.explanation(object, id, member ?? ""),
    queryFn: ({ signal }) => get<Explanation>(`/records/${object}/${id}/access`, { member }, signal),
    staleTime: 0,
  });

export const readViewers = (
  object: string,
  id: string,
  cursor: string | null,
  signal: AbortSignal,
): Promise<ViewerPage> => get<ViewerPage>(`/records/${object}/${id}/viewers`, { cursor }, signal);
