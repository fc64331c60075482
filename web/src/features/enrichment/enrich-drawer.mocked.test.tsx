import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { App } from "antd";
import { beforeEach, expect, it, vi } from "vitest";
import * as enrichment from "@/api/enrichment";
import { queryKeys } from "@/api/query-keys";
import type { Meta, ObjectMeta, RecordData } from "@/api/types";
import { activateLateTexts, activateLocale } from "@/i18n/i18n";
import { EnrichDrawer } from "./enrich-drawer";

vi.mock("./run-result", () => ({ RunResult: () => null }));
vi.mock("@/fields/record-link", () => ({ RecordLink: ({ children }: { children: unknown }) => children }));

const object = {
  name: "account",
  label: { "zh-CN": "客户", en: "Account" },
  plural: { "zh-CN": "客户", en: "Accounts" },
  fields: [],
} as unknown as ObjectMeta;
const source = { id: "s", name: "工商信息", sends: "credit_code", takes: "website = site" } as unknown as RecordData;

beforeEach(async () => {
  vi.restoreAllMocks();
  await activateLocale("zh-CN");
  await activateLateTexts();
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
  const unseen = class {
    observe() {}
    unobserve() {}
    disconnect() {}
  };
  vi.stubGlobal("ResizeObserver", unseen);
});

const ready = (id: string, changed: number) =>
  ({
    id,
    state: "ready",
    object: "account",
    done: 2,
    total: 2,
    changed,
    digest: `of ${id}`,
    items: [{ id: "2", title: "乙公司", state: "answered", reason: null, changes: [], typed: [], problems: [] }],
  }) as unknown as enrichment.EnrichmentRun;

function open(onClose = vi.fn()) {
  const client = new QueryClient();
  client.setQueryData(queryKeys.meta, { objects: [] } as unknown as Meta);
  render(
    <QueryClientProvider client={client}>
      <App>
        <EnrichDrawer object={object} ids={["1", "2"]} sources={[source]} onClose={onClose} />
      </App>
    </QueryClientProvider>,
  );
  return onClose;
}

it("stays open with the records that were refused and why, which can be written again", async () => {
  vi.spyOn(enrichment, "listRuns").mockResolvedValue([]);
  vi.spyOn(enrichment, "beginRun").mockResolvedValue("first");
  vi.spyOn(enrichment, "readRun").mockImplementation(async (id) => ready(id, id === "first" ? 2 : 1));
  const problem = { code: "record_locked", detail: "记录已锁定", request_id: "r" };
  const refused = { changed: 1, refused: 1, change_id: "c", rest: "rest", problems: [{ id: "2", problem }] };
  const apply = vi.spyOn(enrichment, "applyRun").mockResolvedValueOnce(refused as never);
  const onClose = open();
  fireEvent.click(screen.getByRole("button", { name: /查 ?询/ }));
  fireEvent.click(await screen.findByRole("button", { name: "写入 2 条" }));
  const told = (await screen.findByText(/1 条未能写入/)).closest(".ant-alert") as HTMLElement;
  await waitFor(() => expect(told).toHaveTextContent("乙公司 记录已锁定"));
  expect(onClose).not.toHaveBeenCalled();
  apply.mockResolvedValueOnce({ changed: 1, refused: 0, change_id: "d", rest: null, problems: [] } as never);
  fireEvent.click(await screen.findByRole("button", { name: "写入 1 条" }));
  await waitFor(() => expect(onClose).toHaveBeenCalledWith(true));
  expect(apply.mock.calls).toEqual([
    ["first", "of first"],
    ["rest", "of rest"],
  ]);
}, 20_000);

it("finds the runs of before, to be looked at or given up", async () => {
  const before = { id: "old", object: "account", source: "s", created_at: "2026-12-01T01:00:00Z", done: 1, total: 2 };
  vi.spyOn(enrichment, "listRuns")
    .mockResolvedValueOnce([
      { ...before, state: "asking" },
      { ...before, id: "of contacts", object: "contact", state: "ready" },
    ] as never)
    .mockResolvedValue([]);
  const drop = vi.spyOn(enrichment, "dropRun").mockResolvedValue(undefined as never);
  open();
  expect(await screen.findByText(/正在查询：1 \/ 2/)).toBeInTheDocument();
  expect(screen.getAllByRole("button", { name: /放 ?弃/ })).toHaveLength(1);
  fireEvent.click(screen.getByRole("button", { name: /放 ?弃/ }));
  await waitFor(() => expect(screen.queryByText(/正在查询/)).toBeNull());
  expect(drop.mock.calls[0]?.[0]).toBe("old");
});
