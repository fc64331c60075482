import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import { App } from "antd";
import type { ReactNode } from "react";
import { expect, it, vi } from "vitest";
import type { ImportRow } from "@/api/imports";
import * as imports from "@/api/imports";
import { useProblemRows } from "./use-problem-rows";

const row: ImportRow = { row: 3, cells: ["a", "b"], problems: [], fixed: false, left_out: false, imported: false };

it("keeps a second change of a row while the first is on its way, and puts back what was refused", async () => {
  vi.spyOn(imports, "listImportRows").mockResolvedValue({ items: [row], next: null, total: 1, at_least: false });
  const waiting: { done: (row: ImportRow) => void; fail: (error: Error) => void }[] = [];
  const fix = vi
    .spyOn(imports, "fixImportRow")
    .mockImplementation(() => new Promise((done, fail) => waiting.push({ done, fail })));
  const client = new QueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>
      <App>{children}</App>
    </QueryClientProvider>
  );
  const { result } = renderHook(
    () => useProblemRows("i", { only: "problems", field: "", code: "", part: null }, () => {}),
    {
      wrapper,
    },
  );
  const cells = () => result.current.items[0]?.cells;
  const fixing = (column: number, text: string) =>
    act(() => result.current.fix(result.current.items[0] as ImportRow, column, text));
  await waitFor(() => expect(cells()).toEqual(["a", "b"]));
  fixing(0, "A");
  await waitFor(() => expect(cells()).toEqual(["A", "b"]));
  fixing(1, "B");
  await waitFor(() => expect(cells()).toEqual(["A", "B"]));
  expect(fix).toHaveBeenCalledTimes(1);
  await act(async () => waiting[0]?.done({ ...row, cells: ["A", "b"], fixed: true }));
  expect(cells()).toEqual(["A", "B"]);
  expect(fix).toHaveBeenCalledTimes(2);
  await act(async () => waiting[1]?.fail(new Error("no")));
  await waitFor(() => expect(cells()).toEqual(["A", "b"]));
  expect(result.current.busy.size).toBe(0);
});
