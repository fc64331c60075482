import { beforeEach, describe, expect, it } from "vitest";
import { fieldMeta as field } from "@/api/fixtures";
import type { FieldValues, ObjectMeta } from "@/api/types";
import { fieldStates } from "./conditions";
import { clearDraft, draftKey, readDraft, writeDraft } from "./draft";
import { formSections } from "./layout";
import { changedValues, findConflicts, rebase, settle } from "./merge";
import { defaultValues, prefillFromSearch, readPrefill } from "./prefill";

const viewer = { id: "u1", department: null, roles: ["sales"], timeZone: "Asia/Shanghai" };

describe("conditions of a form", () => {
  const fields = [
    field("stage", "select", { required: true }),
    field("loss_reason", "select", { visible_when: "stage == 'lost'", required_when: "stage == 'lost'" }),
    field("win_reason", "select", { visible_when: "stage == 'won'", required: true }),
    field("budget", "money", { required_when: "account.level == 'a'" }),
    field("secret", "text", { visible_when: "account.level == 'a'" }),
    field("number", "auto_number", { read_only: true }),
    field("price", "money", { read_only_when: "'sales' in me.roles" }),
  ];
  const state = (values: FieldValues, name: string) => fieldStates(fields, values, viewer).get(name);

  it("follow the values", () => {
    expect(state({ stage: "new" }, "loss_reason")).toEqual({ visible: false, required: false, readOnly: false });
    expect(state({ stage: "lost" }, "loss_reason")).toEqual({ visible: true, required: true, readOnly: false });
  });

  it("never ask for what does not apply", () => {
    expect(state({ stage: "new" }, "win_reason")?.required).toBe(false);
    expect(state({ stage: "won" }, "win_reason")?.required).toBe(true);
  });

  it("leave to the server what the browser cannot know", () => {
    const values = { account: { id: "a", label: "客户" } };
    expect(state(values, "budget")?.required).toBe(false);
    expect(state(values, "secret")?.visible).toBe(true);
  });

  it("lock what may only be read", () => {
    expect(state({}, "number")?.readOnly).toBe(true);
    expect(state({}, "price")?.readOnly).toBe(true);
  });
});

describe("merging with somebody else's changes", () => {
  const base: FieldValues = { name: "星河", owner: { id: "1", label: "李雷" }, amount: null, tags: [] };
  const mine: FieldValues = { name: "星河智能", owner: { id: "2", label: "韩梅梅" }, amount: null, tags: [] };
  const theirs: FieldValues = { name: "星河设备", owner: { id: "1", label: "李 雷" }, amount: "5", tags: [] };

  it("finds what I changed, references by what they point at", () => {
    expect(changedValues(base, mine)).toEqual({ name: "星河智能", owner: { id: "2", label: "韩梅梅" } });
    expect(changedValues(base, { ...base, owner: { id: "1", label: "another label" }, tags: null })).toEqual({});
  });

  it("sees a conflict only where both changed to something else", () => {
    const changes = changedValues(base, mine);
    expect(findConflicts(base, theirs, changes).map((conflict) => conflict.field)).toEqual(["name"]);
    expect(findConflicts(base, theirs, { name: "星河设备" })).toEqual([]);
    expect(findConflicts(base, theirs, { amount: "7" })).toEqual([
      { field: "amount", base: null, theirs: "5", mine: "7" },
    ]);
  });

  it("goes by the fields the server names", () => {
    expect(findConflicts(theirs, theirs, { name: "x", amount: "7" }, ["amount"]).map((one) => one.field)).toEqual([
      "amount",
    ]);
  });

  it("writes what was chosen, and nothing that is already so", () => {
    const changes = { name: "星河智能", amount: "5", owner: { id: "2", label: "韩梅梅" } };
    expect(settle(changes, theirs, { name: "theirs" })).toEqual({ owner: { id: "2", label: "韩梅梅" } });
    expect(settle(changes, theirs, { name: "mine" })).toEqual({
      name: "星河智能",
      owner: { id: "2", label: "韩梅梅" },
    });
    expect(rebase(theirs, { name: "星河智能" }).values).toEqual({ ...theirs, name: "星河智能" });
  });
});

describe("drafts", () => {
  beforeEach(() => localStorage.clear());
  const key = draftKey("u1", "account", "r1");

  it("come back as they were", () => {
    writeDraft(key, { at: 1000, version: 3, changes: { name: "星河" } });
    expect(readDraft(key, 2000)).toEqual({ at: 1000, version: 3, changes: { name: "星河" } });
    clearDraft(key);
    expect(readDraft(key, 2000)).toBeNull();
  });

  it("are kept apart by person and record, and go with their last change", () => {
    writeDraft(key, { at: 1000, version: 3, changes: { name: "星河" } });
    expect(readDraft(draftKey("u2", "account", "r1"), 2000)).toBeNull();
    expect(readDraft(draftKey("u1", "account", null), 2000)).toBeNull();
    writeDraft(key, { at: 1500, version: 3, changes: {} });
    expect(readDraft(key, 2000)).toBeNull();
  });

  it("age, and survive a broken store", () => {
    writeDraft(key, { at: 1000, version: null, changes: { name: "x" } });
    expect(readDraft(key, 1000 + 15 * 86_400_000)).toBeNull();
    localStorage.setItem(key, "{broken");
    expect(readDraft(key, 2000)).toBeNull();
  });

  it("are not hoarded", () => {
    for (let index = 0; index < 40; index += 1) {
      writeDraft(draftKey("u1", "account", `r${index}`), { at: 1000 + index, version: 1, changes: { name: "x" } });
    }
    expect(localStorage.length).toBe(30);
    expect(readDraft(draftKey("u1", "account", "r39"), 2000)).not.toBeNull();
    expect(readDraft(draftKey("u1", "account", "r0"), 2000)).toBeNull();
  });
});

describe("what a new record starts with", () => {
  const object = {
    name: "activity",
    title_field: "subject",
    fields: [
      field("subject", "text"),
      field("kind", "select", { default: "task" }),
      field("account", "reference", { target: "account" }),
      field("done", "boolean", { default: false }),
      field("count", "rollup", { result: "number", computed: true }),
      field("hidden", "text"),
    ],
    views: {
      list: [],
      board: null,
      calendar: null,
      record: {
        key_facts: [],
        sections: [{ name: "basic", label: { "zh-CN": "基本", en: "Basics" }, fields: ["subject", "count", "kind"] }],
        related: [],
        quick_log: [],
      },
    },
  } as unknown as ObjectMeta;

  it("is its defaults, those that mean the maker too", () => {
    const maker = {
      user: { id: "u1", label: "林晓峰" },
      department: null,
      today: "2026-11-22",
      now: "2026-11-22T02:00:00Z",
    };
    expect(defaultValues(object.fields, maker)).toEqual({ kind: "task", done: false });
    const more = [
      field("owner", "user", { default: "@me" }),
      field("department", "department", { default: "@my_department" }),
      field("day", "date", { default: "@today" }),
      field("later", "date", { default: "@some_day" }),
    ];
    expect(defaultValues(more, maker)).toEqual({ owner: { id: "u1", label: "林晓峰" }, day: "2026-11-22" });
  });

  it("and what the address asks for", () => {
    expect(prefillFromSearch(object, { account: "a1", kind: "call", count: "5", nonsense: "x" })).toEqual({
      account: { id: "a1", label: null },
      kind: "call",
    });
    expect(readPrefill(field("b", "boolean"), "true")).toBe(true);
    expect(readPrefill(field("n", "number"), "12")).toBe(12);
    expect(readPrefill(field("n", "number"), "x")).toBeNull();
    expect(readPrefill(field("t", "tags"), "a,b")).toEqual([
      { id: "a", label: null },
      { id: "b", label: null },
    ]);
  });

  it("is laid out in the sections of the page, nothing lost, nothing computed", () => {
    const sections = formSections(object);
    expect(sections.map((section) => section.fields.map((one) => one.name))).toEqual([
      ["subject", "kind"],
      ["account", "done", "hidden"],
    ]);
  });
});
