import { describe, expect, it } from "vitest";
import type { RoleDefinition, StoredRole } from "@/api/rights";
import type { StoredObject } from "@/api/schema";
import {
  basicObjects,
  denials,
  freeName,
  objectGroups,
  problemsByObject,
  rightsOf,
  scopeKind,
  scopeOf,
  tidyRole,
  withoutRights,
  withRights,
} from "./role-draft";

const label = { "zh-CN": "销售", en: "" };
const role: RoleDefinition = {
  name: "role_1",
  label,
  objects: { "*": { read: "department" }, contact: { read: "all" } },
};
const rights = (read: "all" | "own") => ({ read, update: "none", delete: "none" }) as const;
const object = (name: string, app: string, more: Partial<StoredObject> = {}): StoredObject => ({
  name,
  app,
  label,
  title_field: "name",
  origin: "standard",
  owned: true,
  internal: false,
  in_search: false,
  explicit_rights: false,
  follows_changes: false,
  trail: false,
  setting: false,
  audit_reads: false,
  watermark: false,
  field: [],
  index: [],
  rule: [],
  views: { record: {} },
  ...more,
});

describe("a role being written", () => {
  it("says of an object what it says of all others, unless it names it or must name it", () => {
    expect(rightsOf(role, { name: "contact" })).toEqual({ rights: { read: "all" }, own: true });
    expect(rightsOf(role, { name: "lead" })).toEqual({ rights: { read: "department" }, own: false });
    expect(rightsOf(role, { name: "user", explicit_rights: true })).toEqual({ rights: {}, own: false });
    const changed = withRights(role, "lead", { read: "own" });
    expect(rightsOf(changed, { name: "lead" }).rights.read).toBe("own");
    expect(rightsOf(withoutRights(changed, "lead"), { name: "lead" }).own).toBe(false);
    expect(role.objects.lead).toBeUndefined();
  });

  it("keeps what was typed for a kind of scope when the kind is chosen again", () => {
    expect(scopeKind(undefined)).toBe("none");
    expect(scopeKind({ departments: ["a"] })).toBe("departments");
    expect(scopeOf("when", { when: "level == 'a'" })).toEqual({ when: "level == 'a'" });
    expect(scopeOf("when", "all")).toEqual({ when: "" });
    expect(scopeOf("own", { when: "x" })).toBe("own");
  });

  it("is sent without what says nothing, in both languages", () => {
    const full = tidyRole({
      ...role,
      help: { "zh-CN": " ", en: "" },
      gives: [],
      objects: { contact: { read: "all", freeze: [{ fields: [], when: " " }], deny: { verbs: [], read: "none" } } },
    });
    expect(full).toEqual({
      name: "role_1",
      label: { "zh-CN": "销售", en: "销售" },
      objects: { contact: { read: "all" } },
    });
  });

  it("counts what is denied", () => {
    expect(denials(undefined)).toBe(0);
    expect(denials({ read: { when: "secret" }, verbs: ["export", "bulk"], fields: { email: "hidden" } })).toBe(4);
  });

  it("finds the place of a problem", () => {
    const problems = problemsByObject("role_1", [
      { field: "role.role_1", code: "rule", message: "gives: there is no role" },
      { field: "role.role_1.contact", code: "rule", message: "read: unknown field" },
    ]);
    expect(problems.get("")).toEqual(["gives: there is no role"]);
    expect(problems.get("contact")).toEqual(["read: unknown field"]);
  });

  it("begins with what every colleague needs, and nothing of the business", () => {
    const member: StoredRole = {
      origin: "standard",
      definition: { name: "member", label, objects: { user: rights("all"), account: rights("own") } },
    };
    const objects = [object("user", "org"), object("team", "org"), object("account", "customers")];
    expect(basicObjects([member], objects)).toEqual({ user: rights("all") });
    expect(basicObjects([], objects)).toEqual({});
    expect(freeName("role", ["role_1", "sales"])).toBe("role_2");
  });

  it("shows the objects as the navigation does, then own ones, then those behind the scenes", () => {
    const navigation = [{ app: "customers", label, icon: null, objects: ["contact", "account", "gone"] }];
    const objects = [
      object("account", "customers"),
      object("contact", "customers"),
      object("file", "org", { internal: true }),
      object("campaign", "custom", { origin: "custom" }),
    ];
    const groups = objectGroups(navigation, objects).map((group) => [group.app, group.objects.map((it) => it.name)]);
    expect(groups).toEqual([
      ["customers", ["contact", "account"]],
      ["", ["campaign"]],
      ["internal", ["file"]],
    ]);
  });
});
