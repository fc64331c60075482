import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
} from "@tanstack/react-router";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { App } from "antd";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fieldMeta } from "@/api/fixtures";
import { queryKeys } from "@/api/query-keys";
import type { Me, Meta, RecordData } from "@/api/types";
import { activateLocale } from "@/i18n/i18n";
import { AppearanceProvider } from "@/ui/appearance";
import { RecordDrawerProvider } from "../form/record-drawer";
import { ListPage } from "./list-page";

const label = (zh: string) => ({ "zh-CN": zh, en: zh });
const access = { create: true, update: true, delete: true, restore: true, import: true, export: true, bulk: true };
const workspace = { id: "w", name: "W", demo: false, currency: "CNY" };

const meta = {
  schema_version: 1,
  workspace,
  currencies: ["CNY"],
  navigation: [],
  objects: [
    {
      name: "account",
      label: label("客户"),
      plural: label("客户"),
      help: null,
      icon: null,
      color: null,
      custom: false,
      title_field: "name",
      app: "customers",
      access,
      fields: [
        fieldMeta("name", "text", { label: label("名称") }),
        fieldMeta("city", "text", { label: label("城市") }),
      ],
      views: {
        list: [{ name: "all", label: label("全部"), columns: ["name", "city"], filter: null, sort: "name" }],
        board: null,
        calendar: null,
        record: { key_facts: [], sections: [], related: [], quick_log: [] },
      },
      actions: [],
    },
  ],
} as unknown as Meta;

const me = {
  user: { id: "u", email: "a@b.c", name: "A", roles: [], department: null, own_departments: [], selves: ["u"] },
  locale: "zh-CN",
  time_zone: "UTC",
  theme: "light",
  density: "comfortable",
  preferences: {},
  csrf_token: "t",
  workspace,
} as unknown as Me;

const rows = Array.from(
  { length: 3 },
  (_, index): RecordData => ({
    id: `a-${index}`,
    version: 1,
    created_at: "",
    created_by: null,
    updated_at: "",
    updated_by: null,
    name: `客户${index}`,
    city: "上海",
  }),
);

const calls: { method: string; url: URL; body: unknown }[] = [];
let answer: (method: string, url: URL, body: unknown) => Response;

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
const page = (items: RecordData[]) => json({ items, next_cursor: null, count: { value: items.length, exact: true } });

async function open(path = "/o/account") {
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  queryClient.setQueryData(queryKeys.me, me);
  queryClient.setQueryData(queryKeys.meta, meta);
  const root = createRootRoute({ component: Outlet });
  const shell = createRoute({
    getParentRoute: () => root,
    id: "shell",
    component: () => (
      <RecordDrawerProvider>
        <Outlet />
      </RecordDrawerProvider>
    ),
  });
  const list = createRoute({ getParentRoute: () => shell, path: "/o/$object", component: ListPage });
  const other = (path: string) => createRoute({ getParentRoute: () => shell, path, component: () => null });
  const router = createRouter({
    routeTree: root.addChildren([
      shell.addChildren([list, other("/o/$object/new"), other("/r/$object/$id"), other("/import/$object")]),
    ]),
    history: createMemoryHistory({ initialEntries: [path] }),
  });
  render(
    <QueryClientProvider client={queryClient}>
      <AppearanceProvider>
        <App>
          <RouterProvider router={router as never} />
        </App>
      </AppearanceProvider>
    </QueryClientProvider>,
  );
  return router;
}

beforeEach(async () => {
  await activateLocale("zh-CN");
  calls.length = 0;
  answer = () => page(rows);
  vi.stubGlobal("fetch", async (input: string, init: RequestInit = {}) => {
    const url = new URL(input);
    const body = typeof init.body === "string" ? JSON.parse(init.body) : undefined;
    calls.push({ method: init.method ?? "GET", url, body });
    return answer(init.method ?? "GET", url, body);
  });
  vi.stubGlobal("matchMedia", (query: string) => ({
    matches: false,
    media: query,
    addEventListener: () => {},
    removeEventListener: () => {},
    addListener: () => {},
    removeListener: () => {},
  }));
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
  // jsdom lays nothing out; the list needs to believe it has room for its rows.
  vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(600);
  vi.spyOn(Element.prototype, "clientWidth", "get").mockReturnValue(900);
  HTMLElement.prototype.scrollTo = () => {};
});

afterEach(() => vi.unstubAllGlobals());

const press = (key: string) => fireEvent.keyDown(document.body, { key });
const active = () => screen.getByRole("grid").getAttribute("aria-activedescendant");

describe("the list", () => {
  it("shows the rows of the view and asks for its columns only", async () => {
    await open();
    expect(await screen.findByText("客户0")).toHaveAttribute("href", "/r/account/a-0");
    const list = calls.find((call) => call.url.searchParams.get("sort"));
    expect(list?.url.searchParams.get("fields")).toBe("name,city");
    expect(list?.url.searchParams.get("sort")).toBe("name");
    expect(await screen.findByText("3 条")).toBeInTheDocument();
  });

  it("is worked with the keyboard", async () => {
    const router = await open();
    await screen.findByText("客户0");
    press("j");
    await waitFor(() => expect(active()).toBe("cell-0-0"));
    press("j");
    press("l");
    await waitFor(() => expect(active()).toBe("cell-1-1"));
    press("x");
    expect(await screen.findByText("已选 1 条")).toBeInTheDocument();
    press("Escape");
    await waitFor(() => expect(screen.queryByText("已选 1 条")).toBeNull());
    press("o");
    await waitFor(() => expect(router.state.location.pathname).toBe("/r/account/a-1"));
  });

  it("creates with c, but not while typing", async () => {
    const router = await open();
    await screen.findByText("客户0");
    fireEvent.keyDown(screen.getByRole("textbox"), { key: "c" });
    expect(screen.queryByRole("dialog")).toBeNull();
    press("c");
    expect(await screen.findByRole("dialog", { name: "新建客户" }, { timeout: 10_000 })).toBeInTheDocument();
    expect(router.state.location.pathname, "the list stays behind the form").toBe("/o/account");
    expect(screen.getByText("客户0")).toBeInTheDocument();
  });

  it("saves a cell with its version and shows it at once", async () => {
    answer = (method, _url, body) =>
      method === "PATCH" ? json({ ...rows[0], ...(body as object), version: 2 }) : page(rows);
    await open();
    await screen.findByText("客户0");
    for (const key of ["j", "l", "e"]) press(key);
    const input = await screen.findByDisplayValue("上海");
    fireEvent.change(input, { target: { value: "苏州" } });
    fireEvent.keyDown(input, { key: "Enter" });
    expect(await screen.findByText("苏州")).toBeInTheDocument();
    await waitFor(() => expect(calls.some((call) => call.method === "PATCH")).toBe(true));
    expect(calls.find((call) => call.method === "PATCH")?.body).toEqual({ city: "苏州" });
  });

  it("takes a refused value back and says why", async () => {
    const problem = {
      code: "invalid",
      title: "x",
      status: 422,
      field_errors: [{ field: "city", code: "rule", message: "没有这座城市" }],
    };
    answer = (method) => (method === "PATCH" ? json(problem, 422) : page(rows));
    await open();
    await screen.findByText("客户0");
    for (const key of ["j", "l", "e"]) press(key);
    const input = await screen.findByDisplayValue("上海");
    fireEvent.change(input, { target: { value: "某地" } });
    fireEvent.keyDown(input, { key: "Enter" });
    expect(await screen.findByText("没有这座城市")).toBeInTheDocument();
    expect(screen.getByDisplayValue("某地")).toBeInTheDocument();
    fireEvent.keyDown(screen.getByDisplayValue("某地"), { key: "Escape" });
    await waitFor(() => expect(screen.getAllByText("上海")).toHaveLength(3));
  });

  it("says what failed and tries again", async () => {
    answer = () => json({ code: "internal", title: "出错", status: 500, detail: "数据库忙", request_id: "r-9" }, 500);
    await open();
    expect(await screen.findByText(/数据库忙/)).toBeInTheDocument();
    expect(screen.getByText(/r-9/)).toBeInTheDocument();
    answer = () => page(rows);
    fireEvent.click(screen.getByRole("button", { name: /重\s?试/ }));
    expect(await screen.findByText("客户0")).toBeInTheDocument();
  });

  it("tells an empty object from an empty result", async () => {
    answer = () => page([]);
    await open();
    expect(await screen.findByText("还没有客户")).toBeInTheDocument();
  });

  it("offers to clear what hides everything", async () => {
    answer = () => page([]);
    await open("/o/account?q=nothing");
    expect(await screen.findByText("没有符合条件的客户")).toBeInTheDocument();
    answer = () => page(rows);
    fireEvent.click(screen.getByRole("button", { name: "清除筛选与搜索" }));
    expect(await screen.findByText("客户0")).toBeInTheDocument();
  });
});
