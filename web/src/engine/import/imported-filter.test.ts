import { describe, expect, it } from "vitest";
import type { ImportProgress } from "@/api/imports";
import type { ObjectMeta } from "@/api/types";
import { importedFilter } from "./imported-filter";

const field = (name: string, more: object = {}) => ({ name, computed: false, filterable: true, ...more });
const object = (name: string, fields: object[]) => ({ name, title_field: "name", fields }) as unknown as ObjectMeta;
const progress = (plan: object | null, change: string | null) =>
  ({ object: "contact", plan, change_id: change }) as unknown as ImportProgress;

describe("the records of an import", () => {
  const contact = object("contact", [
    field("name"),
    field("email"),
    field("score", { computed: true }),
    field("owner"),
  ]);
  const account = object("account", [field("name"), field("phone")]);
  const plan = {
    mapping: [
      { column: 0, field: "name.family" },
      { column: 1, field: "email" },
      { column: 2, field: null },
      { column: 3, field: "score" },
    ],
    also: [{ key: "account", object: "account", mapping: [{ column: 4, field: "phone" }] }],
  };

  it("are those with a value from it, of each object by its own fields", () => {
    expect(importedFilter(contact, progress(plan, "C1"))).toBe(
      "sourceChange(name) == 'C1' || sourceChange(email) == 'C1'",
    );
    expect(importedFilter(account, progress(plan, "C1"))).toBe(
      "sourceChange(name) == 'C1' || sourceChange(phone) == 'C1'",
    );
  });

  it("cannot be told before it wrote anything", () => {
    expect(importedFilter(contact, progress(plan, null))).toBeNull();
    expect(importedFilter(contact, progress(null, "C1"))).toBeNull();
  });
});
