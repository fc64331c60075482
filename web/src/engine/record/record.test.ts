import { QueryClient } from "@tanstack/react-query";
import { beforeEach, describe, expect, it } from "vitest";
import { fieldMeta as field, optionMeta as option } from "@/api/fixtures";
import { queryKeys } from "@/api/query-keys";
import type { ActionMeta, FieldMeta, HistoryItem, Meta, ObjectMeta, RecordData, TimelineItem } from "@/api/types";
import { foldHistory } from "./fold-history";
import { activityValues, askedFields, inheritedReferences, splitText } from "./quick-log-values";
import { relatedFilter } from "./related-list";
import { relatedLists } from "./related-lists";
import { findNeighbours, forgetSequence } from "./sequence";
import { planMove, stageField, stageSteps } from "./stages";
import { dayIn, foldChanges, groupByDay } from "./timeline/group";
import { recordsInOutput } from "./use-run-action";

const object = (name: string, fields: FieldMeta[], more: object = {}): ObjectMeta =>
  ({
    name,
    title_field: "name",
    label: { "zh-CN": name, en: name },
    fields,
    actions: [],
    views: {
      list: [],
      board: null,
      calendar: null,
      record: { key_facts: [], sections: [], related: [], quick_log: [] },
    },
    ...more,
  }) as unknown as ObjectMeta;

const record = (values: object): RecordData => ({ id: "r1", version: 1, ...values }) as unknown as RecordData;
const viewer = { id: "u1", department: null, roles: [], timeZone: "Asia/Shanghai" };

const stage = field("stage", "select", {
  options: [
    option("new"),
    option("old", { retired: true }),
    option("won", { closed: true, won: true }),
    option("lost", { closed: true }),
  ],
});
const reason = field("loss_reason", "select", { visible_when: "stage == 'lost'", required_when: "stage == 'lost'" });
const board = { group_by: "stage", card: [], sum: null, order: "name" };

describe("related lists", () => {
  const list = (name: string, visible_when: string | null) => ({ object: name, via: "deal", visible_when });
  const deal = object("opportunity", [stage], {
    views: {
      record: { related: [list("line", null), list("loss", "stage == 'lost'"), list("guess", "account.level == 'a'")] },
    },
  });
  const shown = (values: object) => relatedLists(deal, record(values), viewer).map((one) => one.object);

  it("are those that belong to a record like this", () => {
    expect(shown({ stage: "lost" })).toEqual(["line", "loss", "guess"]);
    expect(shown({ stage: "new" })).toEqual(["line", "guess"]);
  });
});

describe("moving along the steps", () => {
  const action = {
    name: "change_stage",
    on: "record",
    input: [stage, field("probability", "percent"), field("note", "text", { visible_when: "stage == 'lost'" }), reason],
  } as unknown as ActionMeta;
  const deal = object("opportunity", [stage, reason], {
    actions: [action],
    views: { board: { ...board, move_action: "change_stage" } },
  });

  it("asks nothing where a press is enough", () => {
    expect(planMove(deal, record({ stage: "won" }), "new", viewer)).toEqual({ action, ask: [] });
  });

  it("asks for what the step demands first, then what it would like to hear, and nothing else", () => {
    const { ask } = planMove(deal, record({ stage: "new" }), "lost", viewer);
    expect(ask.map((input) => input.name)).toEqual(["loss_reason", "note"]);
  });

  it("without an action asks for fields the step makes required", () => {
    const lead = object("lead", [stage, reason], { views: { board: { ...board, move_action: null } } });
    expect(planMove(lead, record({ stage: "new" }), "lost", viewer).ask).toEqual([reason]);
    expect(planMove(lead, record({ stage: "new", loss_reason: "price" }), "lost", viewer).ask).toEqual([]);
    expect(planMove(lead, record({ stage: "new" }), "won", viewer).ask).toEqual([]);
  });

  it("shows a retired step only where the record stands on it", () => {
    expect(stageField(deal)).toBe(stage);
    expect(stageSteps(stage, "new").map((step) => step.value)).toEqual(["new", "won", "lost"]);
    expect(stageSteps(stage, "old").map((step) => step.value)).toEqual(["new", "old", "won", "lost"]);
  });
});

describe("quick log", () => {
  const activity = object("activity", [
    field("subject", "text"),
    field("kind", "select"),
    field("status", "select"),
    field("start_at", "datetime"),
    field("done_at", "datetime"),
    field("due_at", "datetime"),
    field("outcome", "select"),
    field("description", "long_text"),
    field("account", "reference", { target: "account" }),
    field("contact", "reference", { target: "contact" }),
    field("opportunity", "reference", { target: "opportunity" }),
  ]);
  const base = { activity, fallback: "通话：星河", now: "2026-11-22T02:00:00Z", asked: {}, references: {} };

  it("takes the first line as the subject", () => {
    expect(splitText("问了交期\n两周内答复", "x")).toEqual({ subject: "问了交期", description: "两周内答复" });
    expect(splitText("  ", "通话：星河")).toEqual({ subject: "通话：星河", description: null });
    const long = "很长的一段话".repeat(20);
    expect(splitText(long, "x").description).toBe(long);
    expect(splitText(long, "x").subject.length).toBeLessThan(80);
  });

  it("logs a call as done now, with nothing typed at all", () => {
    expect(activityValues({ ...base, kind: "call", text: "" })).toEqual({
      kind: "call",
      subject: "通话：星河",
      status: "done",
      start_at: base.now,
      done_at: base.now,
    });
  });

  it("leaves a task to do", () => {
    const values = activityValues({
      ...base,
      kind: "task",
      text: "寄样品",
      asked: { due_at: "2026-11-23T10:00:00Z", outcome: null },
    });
    expect(values).toEqual({ kind: "task", subject: "寄样品", due_at: "2026-11-23T10:00:00Z" });
  });

  it("asks only for fields there are, and not for the record itself", () => {
    expect(askedFields(activity, "call", "account").map((one) => one.name)).toEqual(["outcome", "contact"]);
    expect(askedFields(activity, "call", "contact").map((one) => one.name)).toEqual(["outcome"]);
  });

  it("belongs to the record and to what the record belongs to", () => {
    const deal = object("opportunity", [
      field("name", "text"),
      field("account", "reference", { target: "account" }),
      field("contact", "reference", { target: "user" }),
    ]);
    const values = inheritedReferences(
      activity,
      "opportunity",
      deal,
      record({ name: "商机一", account: { id: "a1", label: "星河" }, contact: { id: "u2", label: "不是联系人" } }),
    );
    expect(values).toEqual({ opportunity: { id: "r1", label: "商机一" }, account: { id: "a1", label: "星河" } });
  });
});

describe("related lists", () => {
  it("follow a reference or one of several", () => {
    const target = object("activity", [field("account", "reference"), field("attendees", "many_to_many")]);
    expect(relatedFilter(target, "account", "r1")).toBe('account == "r1"');
    expect(relatedFilter(target, "attendees", "r1")).toBe('attendees.contains("r1")');
  });
});

describe("previous and next", () => {
  beforeEach(forgetSequence);
  const page = (...ids: string[]) => ({
    pages: [{ items: ids.map((id) => record({ id })), next_cursor: null }],
    pageParams: [null],
  });

  it("are those of the list read last that holds the record", () => {
    const client = new QueryClient();
    client.setQueryData(queryKeys.list("account", { sort: "name" }), page("a", "b", "c"), { updatedAt: 1 });
    client.setQueryData(queryKeys.list("account", { q: "x" }), page("c", "a"), { updatedAt: 2 });
    expect(findNeighbours(client, "account", "a")).toEqual({ previous: "c", next: null, position: 2, total: 2 });
    forgetSequence();
    expect(findNeighbours(client, "account", "b")).toEqual({ previous: "a", next: "c", position: 2, total: 3 });
  });

  it("stay the same while one steps through, even when the list is forgotten", () => {
    const client = new QueryClient();
    client.setQueryData(queryKeys.list("account", {}), page("a", "b", "c"));
    findNeighbours(client, "account", "a");
    client.clear();
    expect(findNeighbours(client, "account", "b")?.next).toBe("c");
    expect(findNeighbours(client, "contact", "b")).toBeNull();
  });
});

describe("the timeline", () => {
  const item = (at: string): TimelineItem => ({
    at,
    kind: "note",
    object: "note",
    id: at,
    title: "",
    text: null,
    actor: null,
  });

  it("is grouped by the viewer's days", () => {
    const days = groupByDay(
      [item("2026-11-22T16:30:00Z"), item("2026-11-22T15:30:00Z"), item("2026-11-22T01:00:00Z")],
      "Asia/Shanghai",
    );
    expect(days.map((day) => [day.day, day.items.length])).toEqual([
      ["2026-11-23", 1],
      ["2026-11-22", 2],
    ]);
    expect(dayIn("America/New_York", "2026-11-22T03:00:00Z")).toBe("2026-11-21");
  });
});

describe("one change", () => {
  const stage = { field: "stage", old: "new", new: "won" };
  const more = { field: "probability", old: "10", new: "100" };
  const change = (verb: string, id: string, changes: object[]) =>
    ({
      kind: "change",
      verb,
      change_id: id,
      object: "opportunity",
      id: "r1",
      at: "x",
      title: verb,
      text: null,
      actor: null,
      changes,
    }) as unknown as TimelineItem;

  it("is one entry, named by the most telling, with all that changed", () => {
    const folded = foldChanges([
      change("won", "1", [stage]),
      change("stage_changed", "1", [stage]),
      change("updated", "1", [stage, more]),
      change("updated", "2", [more]),
    ]);
    expect(folded.map((item) => [item.verb, item.changes?.length])).toEqual([
      ["won", 2],
      ["updated", 1],
    ]);
    expect(foldChanges([change("updated", "1", [stage, more]), change("won", "1", [])])[0]?.verb).toBe("won");
  });

  it("is one entry of the history too", () => {
    const entry = (kind: string, id: string, version: number, changes: object[]) =>
      ({ seq: 1, at: "x", actor: null, kind, version, change_id: id, changes }) as unknown as HistoryItem;
    const folded = foldHistory([
      entry("opportunity.won", "1", 4, [stage]),
      entry("opportunity.updated", "1", 3, [stage, more]),
      entry("updated", "2", 2, [more]),
    ]);
    expect(
      folded.map((item) => item.first),
      "what was before a change is before the first version it made",
    ).toEqual([3, 2]);
    expect(folded.map((item) => [item.kind, item.changes.length])).toEqual([
      ["opportunity.won", 2],
      ["updated", 1],
    ]);
  });
});

describe("an action's answer", () => {
  it("names the records it made", () => {
    const meta = { objects: [object("account", []), object("contact", [])] } as unknown as Meta;
    const id = "01a20452-7bdb-70b5-bea4-695762940940";
    const found = recordsInOutput(meta, { id, version: 2, account: id, contact: null, opportunity: id, moved: 3 });
    expect(found.map((one) => one.object.name)).toEqual(["account"]);
    expect(recordsInOutput(meta, null)).toEqual([]);
  });
});
