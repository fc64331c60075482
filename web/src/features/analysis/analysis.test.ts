import { describe, expect, it } from "vitest";
import type { AggregateResult } from "@/api/types";
import { isKey } from "@/engine/filter/is-key";
import { listOf, ofDeals, ofPeople, readChoice, withBelow, within } from "./choice";
import { CUSTOMERS, contacted } from "./contacts";
import { csvOf } from "./csv";
import { groupText, share, sumBy, tally } from "./figure";
import { stateOf } from "./figure-state";
import { crossingFilter, funnelOf, type MoveCount } from "./funnel";
import { begunBuckets, bucketsOf, bucketText, partOf, spanOf, unitFor, workingDays } from "./period";
import { treeOf } from "./use-departments";
import { attained, readVisits, weeksAsked } from "./visits";

const TODAY = "2026-11-30";

describe("periods", () => {
  it("are whole months, quarters and years as of today, month ends too", () => {
    expect(spanOf("month", TODAY)).toEqual({ from: "2026-11-01", to: "2026-12-01" });
    expect(spanOf("last_month", "2026-03-31")).toEqual({ from: "2026-02-01", to: "2026-03-01" });
    expect(spanOf("quarter", TODAY)).toEqual({ from: "2026-10-01", to: "2027-01-01" });
    expect(spanOf("last_quarter", "2026-01-31")).toEqual({ from: "2025-10-01", to: "2026-01-01" });
    expect(spanOf("last_year", "2028-02-29")).toEqual({ from: "2027-01-01", to: "2028-01-01" });
    expect(spanOf("last_12_months", TODAY)).toEqual({ from: "2025-12-01", to: "2026-12-01" });
  });

  it("take two days of one's own, the last one included, and no nonsense", () => {
    expect(spanOf("custom", TODAY, { from: "2026-02-01", to: "2026-02-28" })).toEqual({
      from: "2026-02-01",
      to: "2026-03-01",
    });
    const standard = spanOf("last_12_months", TODAY);
    expect(spanOf("custom", TODAY, { from: "2026-03-01", to: "2026-02-01" })).toEqual(standard);
    expect(spanOf("custom", TODAY, { from: "x" })).toEqual(standard);
  });

  it("fall into weeks, months and quarters, cut at their own ends", () => {
    const span = { from: "2026-10-15", to: "2026-11-10" };
    expect(bucketsOf(span, "month")).toEqual(["2026-10-01", "2026-11-01"]);
    expect(begunBuckets(span, "month", "2026-10-31")).toEqual(["2026-10-01"]);
    expect(bucketsOf(span, "quarter")).toEqual(["2026-10-01"]);
    expect(bucketsOf(span, "week")[0]).toBe("2026-10-12");
    expect(bucketsOf(span, "day")).toHaveLength(26);
    expect(partOf(span, "2026-10-01", "month")).toEqual({ from: "2026-10-15", to: "2026-11-01" });
    expect(partOf(span, "2026-11-01", "month")).toEqual({ from: "2026-11-01", to: "2026-11-10" });
    expect([bucketText("2026-10-01", "quarter"), bucketText("2026-10-12", "week")]).toEqual(["2026 Q4", "10-12~10-18"]);
    expect([unitFor(spanOf("quarter", TODAY)), unitFor(spanOf("year", TODAY))]).toEqual(["week", "month"]);
  });

  it("have working days up to today, as the holidays say", () => {
    const october = { from: "2026-10-01", to: "2026-11-01" };
    expect(workingDays(october, TODAY)).toBe(22);
    const holidays = new Map([
      ["2026-10-01", { worked: false }],
      ["2026-10-02", { worked: false }],
      ["2026-10-10", { worked: true }],
    ]);
    expect(workingDays(october, TODAY, holidays)).toBe(21);
    expect(workingDays({ from: "2026-11-30", to: "2026-12-07" }, TODAY)).toBe(1);
  });
});

describe("what is looked at", () => {
  it("is read from the address, whatever stands there", () => {
    const choice = readChoice({ period: "nonsense", unit: "hour" }, TODAY, []);
    expect(choice).toMatchObject({ period: "last_12_months", unit: "month", pipeline: null, owner: null });
    expect(readChoice({ period: "quarter", unit: "quarter" }, TODAY, []).unit).toBe("quarter");
  });

  it("becomes conditions, led to the deal where another object is asked", () => {
    const choice = { ...readChoice({}, TODAY, ["d1", "d2"]), owner: "u1", pipeline: "p1" };
    expect(ofDeals(choice)).toBe('pipeline == "p1" && owner == "u1" && department in ["d1", "d2"]');
    expect(ofPeople(choice, "opportunity.")).toBe(
      'opportunity.owner == "u1" && opportunity.department in ["d1", "d2"]',
    );
    expect(within("closed_at", { from: "2026-01-01", to: "2026-02-01" })).toBe(
      'closed_at >= date("2026-01-01") && closed_at < date("2026-02-01")',
    );
    expect([isKey("source", null), isKey("source", 'a"b'), isKey("n", 3)]).toEqual([
      "!has(source)",
      'source == "a\\"b"',
      "n == 3",
    ]);
  });

  it("takes a department with all below it, and a circle for what it is", () => {
    const tree = [
      { id: "a", parent: "c" },
      { id: "b", parent: "a" },
      { id: "c", parent: "b" },
      { id: "d", parent: null },
    ];
    expect(withBelow("a", tree)).toEqual(["a", "b", "c"]);
    expect(treeOf([{ id: "x", name: "X", parent: "hidden" }])).toEqual([{ value: "x", title: "X", children: [] }]);
  });
});

const stages = { open: ["new", "need", "offer"], won: ["won"], lost: ["lost"] };
const moves = (...list: [string | null, string, number][]): MoveCount[] =>
  list.map(([from, to, count]) => ({ from, to, count }));
const reached = (list: MoveCount[]) => funnelOf(stages, list).map((step) => step.reached);

describe("the funnel", () => {
  it("counts who came as far as a stage, leaps included", () => {
    const list = moves(
      [null, "new", 10],
      ["new", "need", 6],
      ["new", "offer", 1],
      ["need", "offer", 3],
      ["offer", "won", 2],
    );
    expect(reached(list)).toEqual([10, 7, 4, 2]);
    const [first, , , last] = funnelOf(stages, list);
    expect([first?.onward, first?.ofAll, last?.onward, last?.ofAll]).toEqual([0.7, 1, null, 0.2]);
  });

  it("does not count twice who goes back and comes again, and not at all who went back", () => {
    expect(reached(moves([null, "new", 5], ["new", "offer", 2], ["offer", "new", 1], ["new", "offer", 1]))).toEqual([
      5, 2, 2, 0,
    ]);
    expect(reached(moves([null, "new", 5], ["new", "offer", 2], ["offer", "new", 2]))).toEqual([5, 0, 0, 0]);
  });

  it("keeps lost deals where they were lost, and goes on with reopened ones", () => {
    const list = moves(
      [null, "new", 4],
      ["new", "need", 3],
      ["need", "lost", 2],
      ["new", "lost", 1],
      ["lost", "need", 1],
    );
    expect(reached(list)).toEqual([4, 3, 0, 0]);
    expect(funnelOf(stages, list).map((step) => step.lost)).toEqual([1, 2, 0, 0]);
    expect(reached([...list, ...moves(["need", "won", 1], ["won", "need", 1])])).toEqual([4, 3, 0, 0]);
  });

  it("takes deals that began later, or at the end", () => {
    expect(reached(moves([null, "offer", 2], [null, "lost", 1], [null, "won", 1]))).toEqual([4, 3, 3, 1]);
    expect(reached([])).toEqual([0, 0, 0, 0]);
    expect(funnelOf(stages, [])[0]).toMatchObject({ onward: null, ofAll: null });
  });

  it("names the moves behind a stage", () => {
    expect(crossingFilter(stages, "new", listOf)).toBe(
      '!has(from_stage) && to_stage in ["new", "need", "offer", "won"]',
    );
    expect(crossingFilter(stages, "offer", listOf)).toBe(
      '(!has(from_stage) || from_stage in ["new", "need"]) && to_stage in ["offer", "won"]',
    );
    expect(crossingFilter(stages, "won", listOf)).toContain('to_stage in ["won"]');
  });
});

const group = (keys: (string | null)[], count: number, labels: unknown[] = keys) => ({
  keys,
  labels: labels as never,
  values: { count },
});

describe("figures", () => {
  it("add groups up by their first key and its parts", () => {
    const result: AggregateResult = {
      groups: [group(["a", "won"], 2), group(["a", "lost"], 1), group([null, "won"], 4)],
      truncated: false,
    };
    const [a, none] = tally(result, "count");
    expect([a?.by[""], sumBy(a, ["won"]), sumBy(none, ["won", "lost"]), sumBy(undefined, ["won"])]).toEqual([
      3, 2, 4, 0,
    ]);
    expect([share(1, 4), share(1, 0)]).toEqual([0.25, null]);
  });

  it("name a group by its choice or title, and say what is not set or not to be seen", () => {
    const name = (key: string | null, label: unknown) =>
      groupText({ key, label: label as never, by: {} }, (text) => text.en, "none", "hidden");
    expect(name("a", { "zh-CN": "甲", en: "A" })).toBe("A");
    expect([name("id", "星河"), name("id", null), name(null, null)]).toEqual(["星河", "hidden", "none"]);
  });

  it("tell new customers from old ones, however many there are", () => {
    const counted = (keys: string[], n: number): AggregateResult => ({
      groups: [{ keys, labels: keys, values: { [CUSTOMERS]: n } }],
      truncated: false,
    });
    const totals = counted(["2026-11-01"], 2_400);
    expect(contacted(totals, "2026-11-01", counted([], 400))).toEqual({ all: 2_400, fresh: 400, known: 2_000 });
    expect(contacted(totals, "2026-10-01", counted([], 0))).toEqual({ all: 0, fresh: 0, known: 0 });
    expect(contacted(totals, "2026-11-01", counted([], 2_401)).known).toBe(0);
    expect(contacted(undefined, "2026-11-01", undefined).all).toBe(0);
  });

  it("say where an answer had more groups than it may give", () => {
    const asked = (data: unknown) => ({
      isPending: false,
      isPlaceholderData: false,
      isFetching: false,
      data,
      error: null,
      refetch: () => undefined,
    });
    const result = (truncated: boolean): AggregateResult => ({ groups: [], truncated });
    expect(stateOf(asked(result(false)), asked(undefined), asked([])).truncated).toBe(false);
    expect(stateOf(asked(result(false)), asked(result(true))).truncated).toBe(true);
    expect(stateOf(asked({ rows: [], more: true })).truncated).toBe(true);
  });

  it("become a file that table programs read as text and numbers, never as formulas", () => {
    const cell = (value: string | number | null) => ({ value, text: "" });
    const csv = csvOf({
      title: "t",
      columns: ["a", "b"].map((key) => ({ key, title: key === "a" ? "名称, 全" : "数", numeric: false })),
      rows: [
        { key: "1", cells: { a: cell('=1+1"'), b: cell(0.333333333) } },
        { key: "2", cells: { a: cell("-5"), b: cell(null) } },
        { key: "3", cells: { b: { ...cell(-5), unit: "%" } } },
      ],
    });
    expect(csv).toBe('\uFEFF"名称, 全",数 (%)\r\n"\'=1+1""",0.3333\r\n\'-5,\r\n,-5\r\n');
  });
});

describe("visits against targets", () => {
  it("are asked for over the last eight weeks of a span, up to today", () => {
    expect(weeksAsked({ from: "2026-01-01", to: "2027-01-01" }, TODAY)).toEqual({ from: "2026-10-12", to: TODAY });
    expect(weeksAsked({ from: "2026-11-01", to: "2026-11-15" }, TODAY)).toEqual({
      from: "2026-11-01",
      to: "2026-11-14",
    });
    expect(weeksAsked({ from: "2026-12-01", to: "2027-01-01" }, TODAY)).toBeNull();
  });

  it("are told by whom they are for, the week that runs apart", () => {
    const row = (week: string, done: number, current = false) => ({
      department: null,
      member: { id: "m", label: "林" },
      week,
      target: 3,
      done,
      current,
      partial: done === 2,
    });
    const [one, ...others] = readVisits({
      rows: [row("2026-11-16", 2), row("2026-11-23", 4), row("2026-11-30", 0, true), 7],
    });
    expect(others).toEqual([]);
    expect(one).toMatchObject({
      kind: "member",
      who: { id: "m" },
      weeks: [{ partial: true }, { done: 4 }, { current: true }],
    });
    expect([attained(one?.weeks ?? []), attained([]), readVisits("x")]).toEqual([1, null, []]);
  });
});
