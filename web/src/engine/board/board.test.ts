import { describe, expect, it } from "vitest";
import { fieldMeta as field, optionMeta as option } from "@/api/fixtures";
import type { ActionMeta, AggregateResult, BoardMeta, Meta, ObjectMeta, RecordData } from "@/api/types";
import { allOf, measureOf, moneySums, sumQuery } from "../aggregate";
import type { RecordListData } from "../records";
import { boardColumns, cardFields, columnQuery, insertSorted } from "./columns";
import { mostOf } from "./heights";
import { boardHints, hintFields } from "./hints";
import { cardBeside, indexAfterKey } from "./keyboard";
import { overLimits } from "./limits";
import {
  actionValues,
  inputsNamed,
  inputsToAsk,
  moveInAggregate,
  ownValues,
  putCard,
  returningValues,
  takeCard,
} from "./moves";
import { andParts, chosenOf, hasPart, withPart } from "./quick-parts";
import { signsOf } from "./signs";
import { mayGo } from "./step-limits";
import { isMine, MINE, toggleMine } from "./use-board-view";
import { isUsed, isUsedBy, stepSets, stepSourceOf } from "./used-steps";

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
    const after = moveInAggregate(before, card("x", { amount: money("100.00") }), "new", "won", [amount]);
    expect(measureOf(after, "count", "new")).toBe(3);
    expect(sums(after, "new")).toEqual(["200 CNY", "5 USD"]);
    expect(measureOf(after, "count", "won")).toBe(1);
    expect(sums(after, "won")).toEqual(["100 CNY"]);
    expect(sums(after)).toEqual(["300 CNY", "5 USD"]);
    expect(measureOf(before, "count", "new")).toBe(4);
    expect(measureOf(after, "count", "lost")).toBe(0);
    const withoutAmount = moveInAggregate(before, card("y"), "new", "won", [amount]);
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

describe("what a refused move asks for", () => {
  const error = (name: string, code = "required") => ({ field: name, code, message: name });
  const seller = {
    ...object,
    fields: [...object.fields, field("amount", "money"), field("weighted", "formula", { computed: true })],
    actions: [{ ...action, input: [...action.input, field("need", "long_text", { visible_when: "false" })] }],
  } as ObjectMeta;
  const [change] = seller.actions;

  it("is every field that is named, as the action takes it or as the record has it", () => {
    const errors = [
      error("need"),
      error("amount.amount", "too_small"),
      error("stage", "move"),
      error("weighted"),
      error(""),
    ];
    const asked = inputsNamed(seller, change ?? null, "stage", errors, []);
    expect(asked.map((input) => [input.name, input.required, input.visible_when])).toEqual([
      ["need", true, undefined],
      ["amount", false, undefined],
    ]);
    expect(inputsNamed(seller, change ?? null, "stage", errors, asked)).toEqual([]);
  });

  it("goes with the action where that takes it, and with the record where not", () => {
    const values = { need: "n", amount: money("1"), nothing: 1 };
    expect(ownValues(seller, change ?? null, values)).toEqual({ amount: money("1") });
    expect(ownValues(seller, null, values)).toEqual({ amount: money("1") });
  });

  it("is not read with every card where it is never asked for by itself", () => {
    expect(cardFields(seller, board, ["since"]).split(",")).not.toContain("need");
    expect(cardFields(seller, board, ["since"]).split(",")).toContain("since");
  });
});

describe("what the metadata tells of a board", () => {
  const deal = {
    name: "deal",
    fields: [
      stage,
      field("amount", "money"),
      field("chance", "percent"),
      field("taxed", "formula", { expression: "amount * 1.13" }),
      field("weighted", "formula", { expression: "amount * chance / 100" }),
      field("stage_changed_at", "datetime"),
      field("stage_due", "date"),
      field("line", "reference", { target: "line" }),
      field("next_step", "text"),
    ],
    views: {
      list: [
        { name: "stalled", filter: "stage_due < today() || chance == null" },
        { name: "without_next_step", filter: "stage != 'won' && next_step == null" },
      ],
    },
  } as unknown as ObjectMeta;
  const settings = {
    name: "deal_stage",
    fields: [stage, field("card_limit", "number"), field("line", "reference", { target: "line" })],
  } as unknown as ObjectMeta;
  const sums: BoardMeta = { ...board, sum: "amount" };
  const hints = boardHints({ objects: [deal, settings] } as unknown as Meta, deal, sums);

  it("is found by what fields are, not by the object", () => {
    expect([hints.weighted?.name, hints.since?.name, hints.due?.name]).toEqual([
      "weighted",
      "stage_changed_at",
      "stage_due",
    ]);
    expect(hints.settings).toMatchObject({ column: "stage", limit: "card_limit", of: { name: "line" } });
    expect(hintFields(deal, hints)).toEqual([
      "stage_changed_at",
      "stage_due",
      "stage_due",
      "chance",
      "stage",
      "next_step",
    ]);
    const none = boardHints(
      { objects: [object] } as unknown as Meta,
      { ...object, views: { list: [] } } as never,
      board,
    );
    const { choices, ...others } = none;
    expect(Object.values(others).every((hint) => hint === null)).toBe(true);
    expect(choices.map((choice) => choice.value)).toEqual(["new", "old", "won", "lost"]);
  });

  it("tells how a card stands, by days on the viewer's wall", () => {
    const now = new Date("2026-11-30T16:30:00Z"); // 1 December in Shanghai
    const at = (values: object) => signsOf(card("x", values), deal.fields, hints, viewer, now);
    const planned = { stage: "new", next_step: "报价" };
    const calm = { days: null, over: null, stalled: false, unplanned: false };
    expect(at({ ...planned, stage_changed_at: "2026-11-30T15:00:00Z", stage_due: "2026-12-01", chance: 5 })).toEqual({
      ...calm,
      days: 1,
      over: 0,
    });
    expect(at({ ...planned, stage_due: "2026-11-28" })).toEqual({ ...calm, over: 3, stalled: true });
    expect(at({ ...planned, chance: 5 })).toEqual(calm);
    expect(at({ stage: "new", chance: 5 })).toEqual({ ...calm, unplanned: true });
    expect(at({ stage: "won", chance: 5 })).toEqual(calm);
  });

  it("warns whoever has more cards in a column than its settings want", () => {
    if (!hints.settings) throw new Error("settings");
    const counts: AggregateResult = {
      groups: [
        { keys: ["new", "u1", "a"], labels: ["new", "陈雨", "A"], values: { count: 4 } },
        { keys: ["new", "u2", "a"], labels: ["new", "马", "A"], values: { count: 3 } },
        { keys: ["new", "u1", "b"], labels: ["new", "陈雨", "B"], values: { count: 9 } },
        { keys: ["new", null, "a"], labels: ["new", null, "A"], values: { count: 9 } },
      ],
      truncated: false,
    };
    const records = [card("s", { stage: "new", card_limit: 3, line: { id: "a", label: "A" } })];
    expect(overLimits(counts, records, hints.settings)).toEqual([{ column: "new", owner: "陈雨", count: 4, limit: 3 }]);
    expect(overLimits(undefined, records, hints.settings)).toEqual([]);
  });
});

describe("which of the columns a record goes through", () => {
  const line = {
    name: "line",
    fields: [field("stages", "multi_select", { options_of: "deal.stage", options: [option("new"), option("offer")] })],
  } as unknown as ObjectMeta;
  const deal = {
    name: "deal",
    fields: [stage, field("line", "reference", { target: "line" })],
  } as unknown as ObjectMeta;
  const source = stepSourceOf({ objects: [deal, line] } as unknown as Meta, deal, "stage");
  const sets = stepSets(source, [card("short", { stages: ["new"] }), card("long", { stages: ["new", "offer"] })]);

  it("is said by what it refers to, found by the choices they share", () => {
    expect([source?.of.name, source?.object.name, source?.list.name]).toEqual(["line", "line", "stages"]);
    expect(stepSourceOf({ objects: [deal, line] } as unknown as Meta, deal, "kind")).toBeNull();
    expect(stepSets(null, []).size).toBe(0);
  });

  it("are those of the one chosen, of any where none is, and the ends always", () => {
    const used = (id: string | null) => ["new", "offer", "won"].filter((step) => isUsed(source, sets, id, step));
    expect(used("short")).toEqual(["new", "won"]);
    expect(used("long")).toEqual(["new", "offer", "won"]);
    expect(used(null)).toEqual(["new", "offer", "won"]);
    // Until it is known, and of one that is not seen: nothing is kept back.
    expect(used("gone")).toEqual(["new", "offer", "won"]);
    expect(isUsed(source, new Map(), "short", "offer")).toBe(true);
    expect(isUsed(source, stepSets(source, [card("short", { stages: ["new"] })]), null, "offer")).toBe(false);
    expect(isUsedBy(source, sets, card("x", { line: { id: "short", label: "S" } }), "offer")).toBe(false);
    expect(isUsedBy(source, sets, card("x"), "offer")).toBe(true);
  });

  it("leaves out moves that the settings of a step rule out", () => {
    const steps = [
      option("new", { next: ["offer", "lost"] }),
      option("offer"),
      option("deal"),
      option("lost", { closed: true }),
    ];
    const goes = (from: string, limits: { next: string[]; back: boolean } | null) =>
      steps.map((step) => step.value).filter((to) => to !== from && mayGo(steps, limits, from, to));
    expect(goes("new", null)).toEqual(["offer", "lost"]);
    expect(goes("offer", { next: [], back: false })).toEqual(["deal", "lost"]);
    expect(goes("offer", { next: ["lost"], back: true })).toEqual(["lost"]);
    expect(goes("lost", { next: [], back: false })).toEqual([]);
    expect(goes("deal", { next: [], back: true })).toEqual(["new", "offer", "lost"]);
  });
});

describe("quick filters", () => {
  it("come to a filter and leave it without touching the rest", () => {
    const part = "(a < 1 || b == null)";
    for (const filter of ["", "owner == me.id", "x == 1 && (y == 2 || z == 3)"]) {
      const on = withPart(filter, part, () => false);
      expect(hasPart(on, part)).toBe(true);
      expect(withPart(on, null, (one) => one === part)).toBe(filter);
    }
    expect(withPart("a || b", "c", () => false)).toBe("(a || b) && c");
    expect(withPart("p == 'x' && q", 'p == "y"', (one) => one.startsWith("p == "))).toBe('q && p == "y"');
  });

  it("know what is chosen", () => {
    expect(chosenOf('q && p == "y"', "p")).toBe("y");
    expect(chosenOf("q && p == 'y'", "p")).toBe("y");
    expect([chosenOf("p == me.id", "p"), chosenOf("q || p == 'y'", "p"), chosenOf("", "p")]).toEqual([
      null,
      null,
      null,
    ]);
    expect(andParts("a == ')&&' && b in ['x && y']")).toEqual(["a == ')&&'", "b in ['x && y']"]);
  });
});

describe("the keyboard on a board", () => {
  it("goes up and down a column and stops at its ends", () => {
    expect(indexAfterKey("ArrowDown", 3, 10)).toBe(4);
    expect(indexAfterKey("ArrowUp", 0, 10)).toBeNull();
    expect(indexAfterKey("PageDown", 8, 10)).toBe(9);
    expect(indexAfterKey("Home", 8, 10)).toBe(0);
    expect(indexAfterKey("End", 0, 0)).toBeNull();
    expect(indexAfterKey("x", 1, 10)).toBeNull();
  });

  it("goes to the next column that shows a card, and nowhere from the last one", () => {
    document.body.innerHTML = `<div class="gx-board">
      <section><article class="gx-card" id="a"></article></section>
      <section></section>
      <section><article class="gx-card" id="b"></article></section>
    </div>`;
    const card = (id: string) => document.getElementById(id) as HTMLElement;
    expect(cardBeside(card("a"), 1)?.id).toBe("b");
    expect(cardBeside(card("b"), -1)?.id).toBe("a");
    expect(cardBeside(card("b"), 1)).toBeNull();
  });
});

describe("the usual height of a card", () => {
  it("is the one most of the first cards have", () => {
    expect(mostOf([154, 136, 154, 0, 136, 154])).toBe(154);
    expect(mostOf([136])).toBe(136);
  });

  it("is not known where nothing is laid out", () => {
    expect(mostOf([])).toBeNull();
    expect(mostOf([0, 0])).toBeNull();
  });
});
