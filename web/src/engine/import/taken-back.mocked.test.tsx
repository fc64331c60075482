import { render, screen } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import type { UndoRun } from "@/api/types";
import { activateLateTexts, activateLocale } from "@/i18n/i18n";
import { TakenBack } from "./taken-back";

vi.mock("../merge/skipped-list", () => ({
  SkippedList: ({ skipped }: { skipped: object[] }) => <p>{`listed ${skipped.length}`}</p>,
}));

const run: UndoRun = {
  change_id: "u",
  member: "m",
  state: "undoing",
  done: 800,
  total: 2000,
  undone: 750,
  left: 0,
  skipped: [],
  failure: null,
  created_at: "2026-12-01T00:00:00Z",
  updated_at: "2026-12-01T00:00:00Z",
};
const left = { object: "contact", id: "c", reason: "changed_since", fields: [] };

beforeEach(async () => {
  await activateLocale("zh-CN");
  await activateLateTexts();
});

it("says how far it is while it goes on", () => {
  render(<TakenBack undo={run} />);
  expect(screen.getByText("已处理 800 / 2,000 项更改，恢复 750 条")).toBeTruthy();
  expect(screen.getByRole("progressbar").getAttribute("aria-valuenow")).toBe("40");
});

it("says at the end what was left, and that not all of it is listed", () => {
  render(<TakenBack undo={{ ...run, state: "undone", done: 2000, undone: 1500, left: 500, skipped: [left, left] }} />);
  expect(screen.getByText("已撤销，共 1,500 条")).toBeTruthy();
  expect(screen.getByText("500 条没有撤销：")).toBeTruthy();
  expect(screen.getByText("listed 2")).toBeTruthy();
  expect(screen.getByText("其余 498 条未列出。")).toBeTruthy();
});

it("says why it stopped", () => {
  render(<TakenBack undo={{ ...run, state: "failed", failure: "您已没有撤销此更改的权限" }} />);
  expect(screen.getByText("撤销中断，已恢复 750 条")).toBeTruthy();
  expect(screen.getByText("您已没有撤销此更改的权限")).toBeTruthy();
});
