import { describe, expect, it } from "vitest";
import { fieldMeta as field, optionMeta as option } from "@/api/fixtures";
import type { ActionMeta, AggregateResult, BoardMeta, ObjectMeta, RecordData } from "@/api/types";
import { allOf, measureOf, moneySums, sumQuery } from "../aggregate";
import type { RecordListData } from "../records";
import { boardColumns, cardFields, columnQuery, insertSorted } from "./columns";
import { actionValues, inputsToAsk, moveInAggregate, putCard, returningValues, takeCard } from "./moves";
import { isMine, MINE, toggleMine } from "./use-board-view";

const stage = field("stage", "select", {
  options: [
    option("new"),
    option("old", { retired: true }),
    option("won", { closed: true }),
    option("lost", { closed: true }),
  ],
});
const board: BoardMeta = {
  group_by: "stage",
  card: ["name", "amount"],
  sum: "amount",
  move_action: "change_stage",
  order: "close_date",
};
const action = {
  name: "change_stage",
  on: "record",
  input: [
    field("stage", "select", { required: true }),
    field("probability", "percent"),
    field("loss_reason", "select", { required_when: "stage == 'lost'", visible_when: "stage == 'lost'" }),
    field("loss_note", "text", { visible_when: "stage == 'lost'" }),
    field("win_reason", "select", { visible_when: "stage == 'won'" }),
  ],
} as ActionMeta;
const object = {
  name: "opportunity",
  title_field: "name",
  fields: [field("name", "text"), stage, field("loss_reason", "select")],
  actions: [action],
} as unknown as ObjectMeta;
const viewer = { id: "u1", department: null, roles: [], timeZone: "Asia/Shanghai" };
const card = (id: string, values: object = {}): RecordData => ({ id, version: 1, ...values }) as RecordData;
const money = (amount: string) => ({ amount, currency: "CNY" });

describe("board columns", () => {
  it("has one for every option and one for none", () => {
    expect(boardColumns(stage).map((column) => [column.key, column.closed, column.retired])).toEqual([
      [null, false, true],
      ["new", false, false],
      ["old", false, true],
      ["won", true, false],
      ["lost", true, false],
    ]);
  });

  it("reads what the card shows and what a move may ask", () => {
    expect(cardFields(object, board).split(",")).toEqual(["name", "stage", "amount", "close_date", "loss_reason"]);
  });

  it("joins the column's condition with the filter, whatever that is", () => {
    const [none, first, , won] = boardColumns(stage);
    if (!none || !first || !won) throw new Error("columns");
    expect(columnQuery(object, board, first, { filter: "a == 1 || b == 2", q: "" })).toMatchObject({
      filter: 'stage == "new" && (a == 1 || b == 2)',
      sort: "close_date",
    });
    expect(columnQuery(object, board, none, { filter: "", q: "x" })).toMatchObject({ filter: "!has(stage)", q: "x" });
    expect(columnQuery(object, board, won, { filter: "", q: "" }).sort).toBe("-updated_at");
  });
});

describe("moving a card", () => {
  it("puts it where the order wants it, empty values last", () => {
    const items = [card("a", { close_date: "2026-01-01" }), card("b", { close_date: "2026-03-01" }), card("c")];
    const moved = card("x", { close_date: "2026-02-01" });
    expect(insertSorted(items, moved, "close_date").map((item) => item.id)).toEqual(["a", "x", "b", "c"]);
    expect(insertSorted(items, card("x"), "close_date").at(-1)?.id).toBe("x");
    const sums = [card("a", { amount: money("900") }), card("b", { amount: money("1000") })];
    expect(insertSorted(sums, card("x", { amount: money("950") }), "amount").map((item) => item.id)).toEqual([
      "a",
      "x",
      "b",
    ]);
    expect(
      insertSorted([card("a", { amount: money("9") })], card("x", { amount: money("10") }), "-amount")[0]?.id,
    ).toBe("x");
  });

  it("leaves one column's pages and enters another's without losing any", () => {
    const data: RecordListData = {
      pages: [
        { items: [card("a", { n: 1 }), card("b", { n: 3 })], next_cursor: "1" },
        { items: [card("c", { n: 5 })], next_cursor: null },
      ],
      pageParams: [null, "1"],
    };
    const after = putCard(data, card("x", { n: 2 }), "n");
    expect(after?.pages.map((page) => page.items.map((item) => item.id))).toEqual([
      ["a", "x"],
      ["b", "c"],
    ]);
    expect(takeCard(after, "x")?.pages.flatMap((page) => page.items.map((item) => item.id))).toEqual(["a", "b", "c"]);
    expect(putCard(undefined, card("x"), "n")).toBeUndefined();
  });

  it("moves counts and sums along, currency by currency, into a column that had no group too", () => {
    const amount = field("amount", "money");
    const before: AggregateResult = {
      groups: [
        { keys: ["new", "CNY"], labels: [], values: { count: 2, "sum(amount)": "300.00" } },
        { keys: ["new", "USD"], labels: [], values: { count: 1, "sum(amount)": "5.00" } },
        { keys: ["new", null], labels: [], values: { count: 1, "sum(amount)": null } },
      ],
      truncated: false,
    };
    const sums = (result: AggregateResult, key?: string) =>
      moneySums(result, amount, "CNY", key).map((sum) => `${sum.amount} ${sum.currency}`);
    const after = moveInAggregate(before, card("x", { amount: money("100.00") }), "new", "won", amount);
    expect(measureOf(after, "count", "new")).toBe(3);
    expect(sums(after, "new")).toEqual(["200 CNY", "5 USD"]);
    expect(measureOf(after, "count", "won")).toBe(1);
    expect(sums(after, "won")).toEqual(["100 CNY"]);
    expect(sums(after)).toEqual(["300 CNY", "5 USD"]);
    expect(measureOf(before, "count", "new")).toBe(4);
    expect(measureOf(after, "count", "lost")).toBe(0);
    const withoutAmount = moveInAggregate(before, card("y"), "new", "won", amount);
    expect(sums(withoutAmount, "won")).toEqual([]);
    expect(measureOf(withoutAmount, "count", "won")).toBe(1);
  });

  it("asks for sums of money by currency, for other numbers at once", () => {
    expect(sumQuery(field("amount", "money"), "stage")).toEqual({
      group_by: "stage,amount.currency",
      measures: "count,sum(amount)",
    });
    expect(sumQuery(field("hours", "number"), "stage")).toEqual({ group_by: "stage", measures: "count,sum(hours)" });
    expect(sumQuery(null)).toEqual({ measures: "count" });
  });

  it("asks only where the new column requires something that is not there", () => {
    const lost = inputsToAsk(action, "stage", { stage: "lost" }, viewer);
    expect(lost.ask).toBe(true);
    expect(lost.inputs.map((input) => input.name)).toEqual(["loss_reason", "loss_note"]);
    const again = inputsToAsk(action, "stage", { stage: "lost", loss_reason: "price" }, viewer);
    expect(again).toMatchObject({ ask: false, given: { loss_reason: "price" } });
    expect(inputsToAsk(action, "stage", { stage: "won" }, viewer).ask).toBe(false);
    expect(inputsToAsk(action, "stage", { stage: "new" }, viewer).inputs).toEqual([]);
  });

  it("calls the action with what it takes, and goes back with what was there", () => {
    expect(
      actionValues(action, "stage", "lost", { loss_reason: "price", stage: "x", name: "n", loss_note: "" }),
    ).toEqual({
      loss_reason: "price",
      stage: "lost",
    });
    const before = card("a", { stage: "lost", loss_reason: "price" });
    expect(returningValues(action, "stage", before, viewer)).toEqual({ loss_reason: "price" });
  });
});

describe("filters", () => {
  it("turns mine on and off without touching the rest", () => {
    for (const filter of ["", "stage == 'new'", "a || b"]) {
      const on = toggleMine(filter);
      expect(isMine(on)).toBe(true);
      expect(toggleMine(on).replace(/^\((.*)\)$/, "$1")).toBe(filter);
    }
    expect(isMine("owner == me.id || true")).toBe(false);
    expect(toggleMine(MINE)).toBe("");
  });

  it("joins what is said", () => {
    expect(allOf("", undefined, "a", "true", "b ? c : d")).toBe("a && (b ? c : d)");
    expect(allOf()).toBe("");
  });
});
