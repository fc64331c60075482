import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from "@tanstack/react-router";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { App } from "antd";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fieldMeta } from "@/api/fixtures";
import { queryKeys } from "@/api/query-keys";
import type { Me, Meta, ObjectMeta } from "@/api/types";
import { activateLateTexts, activateLocale } from "@/i18n/i18n";
import { AppearanceProvider } from "@/ui/appearance";
import type { ListViewState } from "../use-list-view";
import type { Selection } from "../use-selection";
import { SelectionActions } from "./selection-actions";

const label = (zh: string) => ({ "zh-CN": zh, en: zh });
const object = {
  name: "thing",
  label: label("事物"),
  plural: label("事物"),
  title_field: "name",
  fields: [fieldMeta("name", "text"), fieldMeta("owner", "user")],
  views: { list: [], record: { key_facts: [], sections: [], related: [], quick_log: [] } },
  actions: [
    {
      name: "take",
      label: label("领取"),
      help: null,
      icon: null,
      on: "record",
      primary: true,
      danger: false,
      visible_when: "owner == null",
      input: [],
    },
  ],
} as unknown as ObjectMeta;
const me = {
  user: { id: "u", name: "A", roles: [], department: null, own_departments: [], selves: ["u"] },
  locale: "zh-CN",
  time_zone: "UTC",
  preferences: {},
} as unknown as Me;
const rows = ["甲", "乙", "丙"].map((name, at) => ({ id: `t${at}`, version: 1, name, owner: null }));

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
let act: (id: string, key: string | null) => Response | Promise<Response>;
const keep = vi.fn();
const clear = vi.fn();

beforeEach(async () => {
  await activateLocale("zh-CN");
  await activateLateTexts();
  keep.mockClear();
  clear.mockClear();
  act = () => json({});
  vi.stubGlobal("fetch", async (input: string, init: RequestInit = {}) => {
    const url = new URL(input);
    const run = /things?\/(t\d)\/actions\/take$/.exec(url.pathname);
    if (run) return act(run[1] ?? "", new Headers(init.headers).get("idempotency-key"));
    return json({ items: rows, next_cursor: null });
  });
  vi.stubGlobal("matchMedia", (media: string) => ({
    matches: false,
    media,
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
});
afterEach(() => vi.unstubAllGlobals());

async function open() {
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  queryClient.setQueryData(queryKeys.me, me);
  queryClient.setQueryData(queryKeys.meta, { objects: [object], navigation: [] } as unknown as Meta);
  const selection = { ids: new Set(rows.map(({ id }) => id)), everything: false, keep, clear } as unknown as Selection;
  const state = { config: { filter: "", sort: "", columns: [] } } as unknown as ListViewState;
  const root = createRootRoute();
  const index = createRoute({
    getParentRoute: () => root,
    path: "/",
    component: () => <SelectionActions object={object} state={state} selection={selection} />,
  });
  const record = createRoute({ getParentRoute: () => root, path: "/r/$object/$id", component: () => null });
  const router = createRouter({
    routeTree: root.addChildren([index, record]),
    history: createMemoryHistory({ initialEntries: ["/"] }),
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
  fireEvent.click(await screen.findByRole("button", { name: /操\s?作/ }));
  fireEvent.click(await screen.findByRole("menuitem", { name: /领取/ }));
  expect(await screen.findByText(/将对所选的 3 条记录/)).toBeInTheDocument();
  fireEvent.click(screen.getByRole("button", { name: /领\s?取/ }));
}
const shut = () => fireEvent.click(screen.getByRole("button", { name: /关\s?闭/ }));

describe("an action on the ticked records", () => {
  it("tells that all is done, and nothing stays ticked", async () => {
    await open();
    expect(await screen.findByText("3 条全部完成")).toBeInTheDocument();
    shut();
    expect(clear).toHaveBeenCalled();
  });

  it("tells whom it was refused for and why, and leaves these ticked", async () => {
    const problem = { code: "already_claimed", title: "x", status: 409, detail: "林晓已在 10:02 领取" };
    act = (id) => (id === "t1" ? json(problem, 409) : json({}));
    await open();
    expect(await screen.findByText("完成 2 条，未能执行 1 条")).toBeInTheDocument();
    expect(screen.getByText("林晓已在 10:02 领取")).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "乙" })).toHaveAttribute("href", "/r/thing/t1");
    shut();
    expect(keep).toHaveBeenCalledWith(["t1"]);
  });

  it("sends a lost call again under the same key", async () => {
    const keys: (string | null)[] = [];
    act = (id, key) => {
      if (id !== "t2") return json({});
      keys.push(key);
      if (keys.length === 1) throw new TypeError("Failed to fetch");
      return json({});
    };
    await open();
    expect(await screen.findByText(/正在自动重试/)).toBeInTheDocument();
    window.dispatchEvent(new Event("online"));
    expect(await screen.findByText("3 条全部完成")).toBeInTheDocument();
    expect(keys).toHaveLength(2);
    expect(keys[0]).toBe(keys[1]);
    await waitFor(() => expect(keys[0]).not.toBeNull());
  });
});
