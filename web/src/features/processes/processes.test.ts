import { describe, expect, it } from "vitest";
import type { CaseLook, CaseStep, StepForm, TemplateFigures } from "@/api/processes";
import type { RecordData } from "@/api/types";
import { spanOf } from "@/ui/span";
import { backTargets, drawnState, isLate, progressOf, stepShown } from "./case-model";
import { caseFilters, columnsOf, countsOf, isOverdue, readStanding, titleOf } from "./overview-model";
import { freeName, optionLines, questionField, readOptionLines, readQuestions, writeQuestions } from "./questions";
import { changedValues, isTyped } from "./step-values";
import { readSteps } from "./template-model";

const NOW = Date.parse("2026-11-30T08:00:00Z");
const step = (key: string, values: Partial<CaseStep> = {}): CaseStep => ({
  id: `id-${key}`,
  key,
  name: key,
  position: 1,
  state: "pending",
  role: "sales",
  role_name: "销售",
  member: null,
  task: null,
  after: [],
  started_at: null,
  due_at: null,
  done_at: null,
  done_by: null,
  took: null,
  late: false,
  round: 1,
  back_reason: null,
  instructions: null,
  required_fields: [],
  questions: [],
  answers: null,
  checklist: [],
  has_form: false,
  may_send_back_to: [],
  ...values,
});

describe("a case", () => {
  it("shows one's own open step first, then any open one, then what was done last", () => {
    const me = { id: "me", label: "我" };
    const done = step("a", { state: "done" });
    const open = step("b", { state: "open", member: { id: "other", label: "他" } });
    expect(stepShown([done, open, step("c", { state: "open", member: me })], "me")).toBe("c");
    expect(stepShown([done, open], "me")).toBe("b");
    expect(stepShown([done, step("w", { state: "waiting" })], "me")).toBe("w");
    expect(stepShown([done, step("n")], "me")).toBe("a");
    expect(stepShown([], "me")).toBeNull();
  });

  it("is late where its time is over, and where it was done after it", () => {
    const over = step("a", { state: "open", due_at: "2026-11-29T08:00:00Z" });
    expect([isLate(over, NOW), drawnState(over, NOW)]).toEqual([true, "late"]);
    expect(isLate({ ...over, state: "done" }, NOW)).toBe(false);
    expect(drawnState({ ...over, state: "done", late: true }, NOW)).toBe("done");
    expect(isLate(step("b", { state: "open", due_at: "2026-12-01T08:00:00Z" }), NOW)).toBe(false);
    expect(isLate(step("c", { due_at: "2026-11-01T08:00:00Z" }), NOW)).toBe(false);
  });

  it("counts what is not left out, and goes back only where it may", () => {
    const steps = [
      step("a", { state: "done" }),
      step("b", { state: "skipped" }),
      step("c", { state: "open", may_send_back_to: ["a"] }),
    ];
    expect(progressOf(steps)).toEqual({ done: 1, total: 2 });
    const look = { steps, may: { cancel: true, send_back: true, change_role: true } } as CaseLook;
    expect(backTargets(look).map(({ key }) => key)).toEqual(["a"]);
    expect(backTargets({ ...look, may: { ...look.may, send_back: false } })).toEqual([]);
  });
});

describe("questions of a step", () => {
  const choice = {
    name: "level",
    type: "select" as const,
    label: { "zh-CN": "级别", en: "" },
    required: true,
    options: [
      { value: "a", label: { "zh-CN": "高", en: "High" } },
      { value: "b", label: { "zh-CN": "低", en: "Low" } },
    ],
  };

  it("are read from whatever is stored and written whole", () => {
    expect(readQuestions("x")).toEqual([]);
    expect(readQuestions([null, 1, { type: "text" }, { name: "q", type: "?" }] as never)).toEqual([
      { name: "q", type: "text", label: { "zh-CN": "", en: "" }, required: false },
    ]);
    expect(writeQuestions([choice])).toMatchObject([{ name: "level", label: { "zh-CN": "级别", en: "级别" } }]);
    expect(readQuestions(writeQuestions([choice]))[0]?.options).toEqual(choice.options);
    expect(questionField(choice)).toMatchObject({ type: "select", required: true, name: "level" });
  });

  it("keep the value of a choice that keeps its name, or its place", () => {
    expect(optionLines(choice)).toBe("高\n低");
    expect(readOptionLines("低\n高\n\n高\n中", choice.options).map(({ value }) => value)).toEqual(["b", "a", "o3"]);
    expect(readOptionLines("很高\n低", choice.options)).toEqual([
      { value: "a", label: { "zh-CN": "很高", en: "很高" } },
      choice.options[1],
    ]);
    const values = readOptionLines("一\n二\n三\n低", choice.options).map(({ value }) => value);
    expect(new Set(values).size).toBe(4);
    expect(values[3]).toBe("b");
  });

  it("never give a name the value of another that stands, or of one that was taken away", () => {
    // Put in between: what stood there keeps its value.
    expect(readOptionLines("高\n中\n低", choice.options).map(({ value }) => value)).toEqual(["a", "o2", "b"]);
    expect(readOptionLines("最高\n高\n低", choice.options).map(({ value }) => value)).toEqual(["o1", "a", "b"]);
    const three = [...choice.options, { value: "o3", label: { "zh-CN": "中", en: "中" } }];
    const fewer = readOptionLines("低\n高\n另\n又", three);
    expect(fewer.map(({ value }) => value)).toEqual(["b", "a", "o3", "o4"]);
    expect(readOptionLines("高\n低\n高高", three.slice(0, 2)).map(({ value }) => value)).toEqual(["a", "b", "o3"]);
  });

  it("get names of their own", () => {
    expect(freeName([])).toBe("q1");
    expect(freeName([{ name: "q2" }])).toBe("q3");
  });
});

describe("what a step asks", () => {
  const form = {
    fields: [
      { name: "need", label: { "zh-CN": "", en: "" }, required: true, may_write: true, value: "旧" },
      {
        name: "owner",
        label: { "zh-CN": "", en: "" },
        required: true,
        may_write: true,
        value: { id: "1", label: "王" },
      },
      { name: "closed", label: { "zh-CN": "", en: "" }, required: true, may_write: false, value: null },
    ],
    answers: { plan: "甲" },
  } as unknown as StepForm;

  it("sends of the record only what was typed over, so that what others wrote meanwhile stays", () => {
    expect(changedValues(form.fields, {})).toEqual({});
    expect(changedValues(form.fields, { need: "旧", owner: { id: "1", label: "王" }, closed: "x" })).toEqual({});
    expect(changedValues(form.fields, { need: "新", owner: { id: "2", label: "李" } })).toEqual({
      need: "新",
      owner: { id: "2", label: "李" },
    });
    expect(changedValues(form.fields, { need: null })).toEqual({ need: null });
  });

  it("knows when something would be lost", () => {
    expect(isTyped(form, {}, {}, " ")).toBe(false);
    expect(isTyped(form, { need: "旧" }, { plan: "甲" }, "")).toBe(false);
    expect(isTyped(form, { need: "新" }, {}, "")).toBe(true);
    expect(isTyped(form, {}, { plan: "乙" }, "")).toBe(true);
    expect(isTyped(form, {}, {}, "好")).toBe(true);
  });
});

describe("the overview", () => {
  const figures = (key: string, position: number) => ({
    key,
    name: key,
    position,
    open: 0,
    waiting: 0,
    overdue: 0,
    done: 0,
    average_seconds: null,
    longest_open_seconds: null,
  });
  const template = { steps: [figures("b", 2), figures("a", 1)] } as unknown as TemplateFigures;
  const record = (id: string, key: string, values: object = {}) =>
    ({ id, version: 1, process_case: { id: `c-${id}`, label: id }, step_key: key, name: key, ...values }) as RecordData;

  it("has a column for each step in order, what is overdue on top, and one for steps that are no more", () => {
    const standing = readStanding(
      [
        record("1", "a", { started_at: "2026-11-28T00:00:00Z", due_at: "2026-12-05T00:00:00Z" }),
        record("2", "a", { started_at: "2026-11-20T00:00:00Z" }),
        record("3", "a", { started_at: "2026-11-29T00:00:00Z", due_at: "2026-11-29T12:00:00Z" }),
        record("4", "gone", { state: "waiting", due_at: "2026-11-01T00:00:00Z" }),
        { id: "5", version: 1, process_case: null } as RecordData,
      ],
      "不可见",
    );
    const columns = columnsOf(template, standing, NOW);
    expect(columns.map(({ key, cards }) => [key, cards.map(({ id }) => id)])).toEqual([
      ["a", ["3", "2", "1"]],
      ["b", []],
      ["gone", ["4"]],
    ]);
    expect(columns[2]?.figures).toBeNull();
    expect(isOverdue(standing[3] as never, NOW)).toBe(false);
  });

  it("counts a column by its figures while not all of its cards are read", () => {
    const one = readStanding([record("1", "a", { due_at: "2026-11-29T12:00:00Z" })], "");
    const many = { steps: [{ ...figures("a", 1), open: 700, waiting: 3, overdue: 40 }] } as unknown as TemplateFigures;
    const [column] = columnsOf(many, one, NOW);
    expect(countsOf(column as never, false, NOW)).toEqual([703, 40]);
    expect(countsOf(column as never, true, NOW)).toEqual([1, 1]);
    expect(countsOf({ ...(column as never as object), figures: null } as never, false, NOW)).toEqual([1, 1]);
  });

  it("tells cases of a template apart by what they are about, and by a name of their own", () => {
    const one = (label: string, about: string | null) =>
      readStanding(
        [
          record("1", "a", {
            process_case: { id: "c", label, record: about ? { object: "account", id: "r", label: about } : null },
          }),
        ],
        "",
      )[0] as never;
    expect(titleOf(one("项目", "星河"), "项目")).toEqual({ title: "星河", more: null });
    expect(titleOf(one("二期", "星河"), "项目")).toEqual({ title: "星河", more: "二期" });
    expect(titleOf(one("项目", null), "项目")).toEqual({ title: "项目", more: null });
  });

  it("leads to the cases that are counted: late ones that still run, ended ones of the days shown", () => {
    const filters = caseFilters("t", 90);
    expect(filters.overdue).toContain('state in ["running", "waiting"]');
    expect(filters.overdue).toContain("due_at < now()");
    expect([filters.done, filters.cancelled].every((one) => one.includes("ended_at >= now() - days(90)"))).toBe(true);
  });

  it("tells spans in the unit that says most", () => {
    expect(spanOf(30)).toEqual({ n: 0.5, unit: "minutes" });
    expect(spanOf(5_400)).toEqual({ n: 1.5, unit: "hours" });
    expect(spanOf(12 * 86_400)).toEqual({ n: 12, unit: "days" });
    expect(spanOf(-5)).toEqual({ n: 0, unit: "minutes" });
  });
});

describe("a template", () => {
  it("is read from records", () => {
    const [read] = readSteps([
      {
        id: "1",
        version: 3,
        name: "需求",
        role: { id: "r", label: "销售" },
        after: [{ id: "0", label: null }],
        due_in: "2",
        required_fields: ["a"],
        questions: [{}, {}],
      } as unknown as RecordData,
    ]);
    expect(read).toMatchObject({
      version: 3,
      role: "r",
      after: ["0"],
      dueIn: 2,
      dueUnit: "working_days",
      questions: 3,
    });
  });
});
