import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, screen, waitFor } from "@testing-library/react";
import { App } from "antd";
import type { ReactNode } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { fieldMeta } from "@/api/fixtures";
import { queryKeys } from "@/api/query-keys";
import type { Me, ObjectMeta, RecordData } from "@/api/types";
import { activateLocale } from "@/i18n/i18n";
import type { GridColumn } from "./columns";
import { useCellEdit } from "./use-cell-edit";

const object = {
  name: "account",
  label: { "zh-CN": "客户", en: "Account" },
  access: { update: true },
  fields: [fieldMeta("name", "text"), fieldMeta("owner", "user")],
  actions: [],
} as unknown as ObjectMeta;
const column = { path: "name", field: object.fields[0], depth: 0 } as unknown as GridColumn;
const row = (id: string, owner?: string) =>
  ({ id, version: 1, name: id, ...(owner ? { owner: { id: owner, label: owner } } : {}) }) as unknown as RecordData;

let roles: string[];
let asked: string[];
let allowed: boolean;
let status: number;

function edit() {
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  queryClient.setQueryData(queryKeys.me, { user: { id: "me", roles, selves: ["me"] } } as unknown as Me);
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queryClient}>
      <App>{children}</App>
    </QueryClientProvider>
  );
  return renderHook(() => useCellEdit(object), { wrapper }).result;
}

beforeEach(async () => {
  await activateLocale("zh-CN");
  [roles, asked, allowed, status] = [["sales"], [], true, 200];
  vi.stubGlobal("fetch", async (input: string | Request) => {
    const url = new URL(typeof input === "string" ? input : input.url);
    asked.push(url.pathname);
    const verbs = [{ verb: "update", allowed, reasons: [] }];
    return new Response(JSON.stringify({ verbs }), { status, headers: { "content-type": "application/json" } });
  });
});

describe("a cell of a list", () => {
  it("opens at once where the record is one's own", async () => {
    const cells = edit();
    await act(async () => cells.current.begin(row("a", "me"), column));
    expect(cells.current.edit).toEqual({ id: "a", path: "name" });
    expect(asked).toEqual([]);
  });

  it("opens before it is known whether it may be changed: the list takes no keys then", async () => {
    const cells = edit();
    act(() => cells.current.begin(row("a", "other"), column));
    expect(cells.current.edit).toEqual({ id: "a", path: "name" });
  });

  it("stays open where the record's own rights allow it, whoever has it", async () => {
    const cells = edit();
    await act(async () => cells.current.begin(row("a", "other"), column));
    await waitFor(() => expect(asked).toEqual(["/api/v1/records/account/a/access"]));
    await act(async () => {});
    expect(cells.current.edit).toEqual({ id: "a", path: "name" });
  });

  it("is not asked about again where another cell of the record was just saved", async () => {
    const cells = edit();
    await act(async () => cells.current.begin(row("a", "other"), column));
    await waitFor(() => expect(asked).toHaveLength(1));
    await act(async () => cells.current.commit(row("a", "other"), column, "new"));
    await waitFor(() => expect(asked).toContain("/api/v1/records/account/a"));
    await act(async () => cells.current.begin(row("a", "other"), column));
    expect(cells.current.edit).toEqual({ id: "a", path: "name" });
    expect(asked.filter((path) => path.endsWith("/access"))).toHaveLength(1);
  });

  it("says so where one may see the record and not change it", async () => {
    allowed = false;
    const cells = edit();
    await act(async () => cells.current.begin(row("a"), column));
    await screen.findByText("这条记录您只能查看，不能修改");
    expect(cells.current.edit).toBeNull();
    // What he goes on typing is no command to the list yet.
    expect(cells.current.typing).toBe(true);
    await waitFor(() => expect(cells.current.typing).toBe(false), { timeout: 2_000 });
  });

  it("lets one try where there is no answer", async () => {
    status = 503;
    const cells = edit();
    await act(async () => cells.current.begin(row("a", "other"), column));
    await waitFor(() => expect(cells.current.edit).not.toBeNull());
  });

  it("opens the last one that was wanted", async () => {
    const cells = edit();
    await act(async () => {
      cells.current.begin(row("a", "other"), column);
      cells.current.begin(row("b", "me"), column);
    });
    await waitFor(() => expect(cells.current.edit).toEqual({ id: "b", path: "name" }));
  });
});
