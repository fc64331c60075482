import type { DenyRights, FieldRight, Flag, ObjectRights, RoleDefinition, RowScope, StoredRole } from "@/api/rights";
import type { StoredObject } from "@/api/schema";
import type { FieldError, NavigationGroup } from "@/api/types";

/** The key that holds for objects a role does not name. */
export const OTHERS = "*";

export const FLAGS: Flag[] = ["create", "import", "export", "bulk", "share", "assign", "lock"];

export const SCOPE_VERBS = ["read", "update", "delete"] as const;
export type ScopeVerb = (typeof SCOPE_VERBS)[number];

export const FIELD_RIGHTS: FieldRight[] = ["hidden", "masked", "read", "edit"];

export type ScopeKind =
  | "none"
  | "own"
  | "subordinates"
  | "department"
  | "department_tree"
  | "departments"
  | "all"
  | "when";

/** From nothing to everything; those that ask for more come last. */
export const SCOPE_KINDS: ScopeKind[] = [
  "none",
  "own",
  "subordinates",
  "department",
  "department_tree",
  "all",
  "departments",
  "when",
];

export function scopeKind(scope: RowScope | undefined): ScopeKind {
  if (scope === undefined) return "none";
  if (typeof scope === "string") return scope;
  return "when" in scope ? "when" : "departments";
}

/** A scope of a kind; what was typed for the kind before stays. */
export function scopeOf(kind: ScopeKind, before: RowScope | undefined): RowScope {
  if (scopeKind(before) === kind && before !== undefined) return before;
  if (kind === "when") return { when: "" };
  return kind === "departments" ? { departments: [] } : kind;
}

/** Whether a scope needs more than the choice of its kind. */
export function hasDetail(scope: RowScope | undefined): scope is { departments: string[] } | { when: string } {
  return typeof scope === "object";
}

/** What a role says of an object: by name, or as of all others. */
export function rightsOf(
  role: RoleDefinition,
  object: { name: string; explicit_rights?: boolean },
): { rights: ObjectRights; own: boolean } {
  const named = role.objects[object.name];
  if (named) return { rights: named, own: true };
  const others = object.explicit_rights ? undefined : role.objects[OTHERS];
  return { rights: others ?? {}, own: false };
}

export function withRights(role: RoleDefinition, object: string, rights: ObjectRights): RoleDefinition {
  return { ...role, objects: { ...role.objects, [object]: rights } };
}

/** The object goes with all others again. */
export function withoutRights(role: RoleDefinition, object: string): RoleDefinition {
  const { [object]: _gone, ...objects } = role.objects;
  return { ...role, objects };
}

export function fieldRight(rights: ObjectRights, field: string): FieldRight {
  return rights.fields?.[field] ?? rights.other_fields ?? "edit";
}

/** Names of roles and sharing rules are the machine's business: the next free number. */
export function freeName(prefix: string, taken: string[]): string {
  for (let number = 1; ; number += 1) {
    if (!taken.includes(`${prefix}_${number}`)) return `${prefix}_${number}`;
  }
}

/**
 * What every colleague needs to work at all: the organisation, tags, files and saved views as ordinary members have
 * them. Of customers and their business nothing.
 */
export function basicObjects(roles: StoredRole[], objects: StoredObject[]): RoleDefinition["objects"] {
  const member = roles.find((role) => role.definition.name === "member")?.definition;
  if (!member) return {};
  const basic = objects.filter((object) => object.app === "org" && member.objects[object.name]);
  return Object.fromEntries(basic.map((object) => [object.name, member.objects[object.name] ?? {}]));
}

export interface ObjectGroup {
  app: string;
  objects: StoredObject[];
}

/** The rows of the grid, grouped as in the navigation; then own objects, and those that work behind the scenes. */
export function objectGroups(navigation: NavigationGroup[], objects: StoredObject[]): ObjectGroup[] {
  const named = (name: string) => objects.find((object) => object.name === name && !object.internal);
  const groups = navigation.map((group) => ({
    app: group.app,
    objects: group.objects.map(named).filter((object) => object !== undefined),
  }));
  const placed = new Set(groups.flatMap((group) => group.objects.map((object) => object.name)));
  const rest = objects.filter((object) => !placed.has(object.name));
  return [
    ...groups,
    { app: "", objects: rest.filter((object) => !object.internal) },
    { app: "internal", objects: rest.filter((object) => object.internal) },
  ].filter((group) => group.objects.length > 0);
}

/** The role as it is sent: one language borrows the other's texts, and what says nothing is left out. */
export function tidyRole(role: RoleDefinition): RoleDefinition {
  const both = (label: RoleDefinition["label"]) => {
    const [zh, en] = [label["zh-CN"].trim(), label.en.trim()];
    return { "zh-CN": zh || en, en: en || zh };
  };
  const { help, gives, ...rest } = role;
  return {
    ...rest,
    label: both(role.label),
    ...(help && (help["zh-CN"].trim() || help.en.trim()) ? { help: both(help) } : {}),
    ...(gives && gives.length > 0 ? { gives } : {}),
    objects: Object.fromEntries(Object.entries(role.objects).map(([name, rights]) => [name, tidyRights(rights)])),
  };
}

function tidyRights(rights: ObjectRights): ObjectRights {
  const { deny, freeze, ...rest } = rights;
  const rules = (freeze ?? []).filter((rule) => rule.fields.length > 0 || rule.when.trim() !== "");
  return {
    ...rest,
    ...(rules.length > 0 ? { freeze: rules } : {}),
    ...(deny && denials(deny) > 0 ? { deny } : {}),
  };
}

/** How many things are denied. */
export function denials(deny: DenyRights | undefined): number {
  if (!deny) return 0;
  const scopes = SCOPE_VERBS.filter((verb) => scopeKind(deny[verb]) !== "none").length;
  return scopes + (deny.verbs?.length ?? 0) + (deny.actions?.length ?? 0) + Object.keys(deny.fields ?? {}).length;
}

/** The server's problems of a role, by object; those of the role as a whole under the empty name. */
export function problemsByObject(role: string, problems: FieldError[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { field, message } of problems) {
    const prefix = `role.${role}`;
    const object = field.startsWith(`${prefix}.`) ? field.slice(prefix.length + 1) : "";
    found.set(object, [...(found.get(object) ?? []), message]);
  }
  return found;
}

/** What a new role's `from` says where it begins with no rights at all. */
export const FROM_NOTHING = "-";
