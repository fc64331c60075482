import { act, fireEvent, render, screen } from "@testing-library/react";
import { App } from "antd";
import { useState } from "react";
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import type { ImportPreview } from "@/api/imports";
import * as imports from "@/api/imports";
import { activateLateTexts, activateLocale } from "@/i18n/i18n";
import { CheckStep } from "./check-step";
import { emptyPart, type PlanDraft } from "./plan";

type Mended = { onChanged: () => void };
type Read = { parts: object[]; onRead: (part: object, field: string, cell: string, value: string) => void };
vi.mock("./problem-panel", () => ({
  ProblemPanel: ({ onChanged }: Mended) => (
    <button type="button" onClick={onChanged}>
      mend
    </button>
  ),
}));
vi.mock("./unread-values", () => ({
  UnreadValues: ({ parts, onRead }: Read) => (
    <button type="button" onClick={() => onRead(parts[0] as object, "level", "高", "a")}>
      read
    </button>
  ),
}));
vi.mock("./use-field-names", () => ({ useFieldNames: () => (_part: string, field: string) => field }));
vi.mock("./repeated-list", () => ({ RepeatedList: () => null }));
vi.mock("./part-counts", () => ({ PartCountsTable: () => null }));

const column = { index: 0, header: "级别", samples: [], field: null, confidence: 0 };
const start: PlanDraft = {
  parts: [emptyPart("", "account", [], [{ column, use: 0, field: "level", options: {}, guessed: false }])],
  owners: null,
  departments: null,
};
const preview = {
  rows: 3,
  complete: true,
  emptied: 0,
  counts: { create: 2, update: 0, skip: 0, reject: 1 },
  problems: [],
  parts: [],
  kinds: [],
  repeated: [],
} as unknown as ImportPreview;

function Held() {
  const [draft, setDraft] = useState(start);
  return (
    <App>
      <CheckStep
        object={{ name: "account" } as never}
        progress={{ id: "i" } as never}
        guess={{ columns: [column] } as never}
        draft={draft}
        preview={preview}
        onDraft={setDraft}
        onPreview={() => {}}
        onBack={() => {}}
        onRun={() => {}}
      />
    </App>
  );
}

/** Answers of the server, given when the test says so. */
const answers: (() => void)[] = [];
const answer = async () => {
  await act(async () => void (await vi.advanceTimersByTimeAsync(0)));
  answers.shift()?.();
  await act(async () => void (await vi.advanceTimersByTimeAsync(600)));
};
const click = (name: string | RegExp) => fireEvent.click(screen.getByRole("button", { name }));
const runs = () => screen.getByRole("button", { name: /^导入/ });

describe("the check before an import", () => {
  let plan: MockInstance<typeof imports.planImport>;
  beforeEach(async () => {
    await activateLocale("zh-CN");
    await activateLateTexts();
    vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
    vi.useFakeTimers();
    answers.length = 0;
    plan = vi
      .spyOn(imports, "planImport")
      .mockImplementation(() => new Promise((done) => answers.push(() => done(preview))));
  });
  afterEach(() => vi.useRealTimers());

  it("does not run a plan with less in it than was said: a check asked before it does not count", async () => {
    render(<Held />);
    expect(runs()).toBeEnabled();
    click("mend");
    await act(async () => void (await vi.advanceTimersByTimeAsync(1_300)));
    expect(plan).toHaveBeenCalledTimes(1);
    // Said while the answer is on its way.
    click("read");
    await answer();
    expect(runs()).toBeDisabled();
    click(/重新检查/);
    await answer();
    expect(runs()).toBeEnabled();
    expect(plan.mock.calls[1]?.[1].mapping[0]).toMatchObject({ options: { values: { 高: "a" } } });
  });

  it("asks with what is said by now when it asks by itself", async () => {
    render(<Held />);
    click("mend");
    click("read");
    await act(async () => void (await vi.advanceTimersByTimeAsync(5_000)));
    expect(plan).not.toHaveBeenCalled();
    click("mend");
    await act(async () => void (await vi.advanceTimersByTimeAsync(1_300)));
    expect(plan.mock.calls[0]?.[1].mapping[0]).toMatchObject({ options: { values: { 高: "a" } } });
    await answer();
    expect(runs()).toBeEnabled();
  });

  it("asks one question after the other", async () => {
    render(<Held />);
    click("mend");
    await act(async () => void (await vi.advanceTimersByTimeAsync(1_300)));
    click("mend");
    await act(async () => void (await vi.advanceTimersByTimeAsync(1_300)));
    expect(plan).toHaveBeenCalledTimes(1);
    await answer();
    expect(plan).toHaveBeenCalledTimes(2);
    expect(runs()).toBeDisabled();
    await answer();
    expect(runs()).toBeEnabled();
  });
});
