import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { App } from "antd";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ImportColumn, ImportRow } from "@/api/imports";
import * as imports from "@/api/imports";
import { queryKeys } from "@/api/query-keys";
import type { Meta } from "@/api/types";
import { activateLateTexts, activateLocale } from "@/i18n/i18n";
import { emptyPart, type PartDraft } from "./plan";
import { ProblemPanel } from "./problem-panel";

const columns: ImportColumn[] = ["名称", "电话", "邮箱"].map((header, index) => ({
  index,
  header,
  samples: [],
  field: null,
  confidence: 0,
}));
const use = (index: number, field: string) => ({
  column: columns[index] as ImportColumn,
  use: 0,
  field,
  options: {},
  guessed: false,
});
const parts = [emptyPart("", "account", [], [use(0, "name"), use(1, "phone"), use(2, "email")])];
const bad = (row: number, field: string, value: string) => ({
  row,
  part: "",
  field,
  code: "bad",
  message: "不对",
  value,
});
const rows: ImportRow[] = [
  {
    row: 3,
    cells: ["甲", "12", "a@b.example"],
    problems: [bad(3, "phone", "12")],
    fixed: false,
    left_out: false,
    imported: false,
  },
  {
    row: 8,
    cells: ["乙", "021-68881111", "x"],
    problems: [bad(8, "email", "x")],
    fixed: false,
    left_out: false,
    imported: false,
  },
];

function draw(onSame?: (column: number, from: string, to: string) => void, more: PartDraft[] = []) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  client.setQueryData(queryKeys.meta, { objects: [] } as unknown as Meta);
  const onChanged = vi.fn();
  render(
    <QueryClientProvider client={client}>
      <App>
        <ProblemPanel
          id="i"
          columns={columns}
          parts={[...parts, ...more]}
          kinds={[]}
          fieldName={(_part, field) => field}
          onChanged={onChanged}
          {...(onSame ? { onSame } : {})}
        />
      </App>
    </QueryClientProvider>,
  );
  return onChanged;
}

const cell = (row: number, column: number) => {
  const found = screen.getAllByRole("row")[row];
  return within(found as HTMLElement).getAllByRole("gridcell")[column] as HTMLElement;
};

describe("the sheet of rows to mend", () => {
  beforeEach(async () => {
    await activateLocale("zh-CN");
    await activateLateTexts();
    vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
    // Nothing has a size here: the list of what is in sight needs one.
    vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(600);
    vi.spyOn(Element.prototype, "clientWidth", "get").mockReturnValue(900);
    vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(68);
    const unseen = class {
      observe() {}
      unobserve() {}
      disconnect() {}
    };
    vi.stubGlobal("ResizeObserver", unseen);
    vi.spyOn(imports, "listImportRows").mockResolvedValue({ items: rows, next: null, total: 2, at_least: false });
  });

  it("shows the rows of one object only, and says when there are more than are counted", async () => {
    const list = vi.spyOn(imports, "listImportRows").mockResolvedValue({
      items: rows,
      next: null,
      total: 10_000,
      at_least: true,
    });
    draw(undefined, [emptyPart("person", "contact", [], [])]);
    expect(await screen.findByText(/超过 10,000/)).toBeInTheDocument();
    expect(list.mock.lastCall?.[1]).not.toHaveProperty("part");
    fireEvent.mouseDown(screen.getByRole("combobox", { name: "按对象筛选" }));
    fireEvent.click(await screen.findByTitle("contact"));
    await waitFor(() => expect(list.mock.lastCall?.[1]).toHaveProperty("part", "person"));
    fireEvent.mouseDown(screen.getByRole("combobox", { name: "按对象筛选" }));
    fireEvent.click(await screen.findByTitle("account"));
    await waitFor(() => expect(list.mock.lastCall?.[1]).toHaveProperty("part", ""));
  });

  it("mends a cell by the keyboard alone and goes on below; the row is told to be right", async () => {
    const mended = {
      ...(rows[0] as ImportRow),
      cells: ["甲", "13800138000", "a@b.example"],
      problems: [],
      fixed: true,
    };
    const fix = vi.spyOn(imports, "fixImportRow").mockResolvedValue(mended);
    const onSame = vi.fn();
    const onChanged = draw(onSame);
    const grid = await screen.findByRole("grid");
    await waitFor(() => expect(cell(1, 1)).toHaveAttribute("tabindex", "0"));
    expect(cell(1, 1)).toHaveAttribute("aria-invalid", "true");
    cell(1, 1).focus();
    fireEvent.keyDown(grid, { key: "Enter" });
    const input = screen.getByLabelText("第 3 行“电话”");
    expect(input).toHaveFocus();
    fireEvent.change(input, { target: { value: "13800138000" } });
    fireEvent.keyDown(input, { key: "Enter" });
    expect(fix).toHaveBeenCalledWith("i", 3, { cells: { "1": "13800138000" } });
    expect(await screen.findByText("这一行可以导入了")).toBeInTheDocument();
    expect(cell(2, 1)).toHaveFocus();
    expect(onChanged).toHaveBeenCalledTimes(1);
    fireEvent.click(screen.getByRole("button", { name: "整列的“12”都改为“13800138000”" }));
    expect(onSame).toHaveBeenCalledWith(1, "12", "13800138000");
  });

  it("walks, finds the next trouble, leaves a cell as it was, leaves rows out and brings them back", async () => {
    const fix = vi.spyOn(imports, "fixImportRow").mockResolvedValue({ ...(rows[1] as ImportRow), left_out: true });
    const restore = vi.spyOn(imports, "restoreImportRow").mockResolvedValue(rows[1] as ImportRow);
    draw();
    const grid = await screen.findByRole("grid");
    await waitFor(() => expect(cell(1, 1)).toHaveAttribute("tabindex", "0"));
    cell(1, 1).focus();
    fireEvent.keyDown(grid, { key: "ArrowLeft" });
    expect(cell(1, 0)).toHaveFocus();
    fireEvent.keyDown(grid, { key: "F8" });
    expect(cell(1, 1)).toHaveFocus();
    fireEvent.keyDown(grid, { key: "F8" });
    expect(cell(2, 2)).toHaveFocus();
    fireEvent.keyDown(grid, { key: "z" });
    const input = screen.getByLabelText("第 8 行“邮箱”");
    expect(input).toHaveValue("z");
    fireEvent.keyDown(input, { key: "Escape" });
    expect(cell(2, 2)).toHaveTextContent("x");
    expect(fix).not.toHaveBeenCalled();
    fireEvent.keyDown(grid, { key: "Delete", ctrlKey: true });
    expect(fix).toHaveBeenCalledWith("i", 8, { leave_out: true });
    expect(await screen.findByText("这一行不导入")).toBeInTheDocument();
    fireEvent.keyDown(grid, { key: "z", ctrlKey: true });
    await waitFor(() => expect(restore).toHaveBeenCalledWith("i", 8));
    await waitFor(() => expect(screen.queryByText("这一行不导入")).toBeNull());
  });

  it("puts back what the server refused", async () => {
    vi.spyOn(imports, "fixImportRow").mockRejectedValue(new Error("无法保存"));
    draw();
    const grid = await screen.findByRole("grid");
    await waitFor(() => expect(cell(1, 1)).toHaveAttribute("tabindex", "0"));
    cell(1, 1).focus();
    fireEvent.keyDown(grid, { key: "Delete" });
    expect(await screen.findByText("无法保存")).toBeInTheDocument();
    expect(cell(1, 1)).toHaveTextContent("12");
  });
});
