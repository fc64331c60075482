import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { App } from "antd";
import type { ReactNode } from "react";
import { beforeEach, expect, it, vi } from "vitest";
import { RULE } from "@/api/ownership";
import { queryKeys } from "@/api/query-keys";
import { listRecords, updateRecord } from "@/api/records";
import type { Meta, RecordData } from "@/api/types";
import { FormatsProvider } from "@/i18n/formats";
import { activateLateTexts, activateLocale } from "@/i18n/i18n";
import { OwnershipPage } from "./preview-page";

vi.mock("@/api/records");
vi.mock("@/api/ownership", async (original) => ({
  ...(await original<object>()),
  previewOwnership: () => Promise.reject(new Error("没有预览")),
}));
vi.mock("@tanstack/react-router", async (original) => ({
  ...(await original<object>()),
  useNavigate: () => vi.fn(),
  useSearch: () => ({}),
  Link: ({ children }: { children: ReactNode }) => <span>{children}</span>,
}));

const label = (zh: string) => ({ "zh-CN": zh, en: zh });
const meta = {
  objects: [
    {
      name: RULE,
      label: label("规则"),
      plural: label("规则"),
      access: { update: true },
      actions: [{ name: "preview" }],
      fields: [],
    },
  ],
} as unknown as Meta;

/** The rules as the server has them. */
let kept: { id: string; version: number; name: string; object: string; position: number; active: boolean }[];
let failing: string | null;

beforeEach(async () => {
  await activateLocale("zh-CN");
  await activateLateTexts();
  vi.clearAllMocks();
  failing = null;
  kept = ["甲", "乙"].map((name, at) => ({
    id: name,
    version: 1,
    name,
    object: "account",
    position: (at + 1) * 10,
    active: true,
  }));
  vi.mocked(listRecords).mockImplementation(async () => ({
    items: kept.toSorted((left, right) => left.position - right.position) as unknown as RecordData[],
    next_cursor: null,
  }));
  vi.mocked(updateRecord).mockImplementation(async (_object, id, values, options) => {
    const before = kept.find((one) => one.id === id);
    if (!before || failing === id) throw new Error("连接中断");
    if (options?.version !== before.version) throw new Error("版本已变");
    const next = { ...before, ...(values as object), version: before.version + 1 };
    kept = kept.map((one) => (one.id === id ? next : one));
    return next as unknown as RecordData;
  });
});

it("saves the order when it is tried again after a part of it was saved", async () => {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  client.setQueryData(queryKeys.meta, meta, { updatedAt: Date.now() + 60_000 });
  render(
    <QueryClientProvider client={client}>
      <FormatsProvider locale="zh-CN" timeZone="UTC" currency="CNY">
        <App>
          <OwnershipPage />
        </App>
      </FormatsProvider>
    </QueryClientProvider>,
  );
  await userEvent.click(await screen.findByRole("button", { name: /下移.*甲|甲.*下移/ }));
  failing = "甲";
  const save = screen.getByRole("button", { name: /保存/ });
  await userEvent.click(save);
  expect(await screen.findByText("连接中断")).toBeInTheDocument();
  expect(kept.map((one) => [one.id, one.position, one.version])).toEqual([
    ["甲", 10, 1],
    ["乙", 10, 2],
  ]);
  failing = null;
  await waitFor(() => expect(save).not.toHaveClass("ant-btn-loading"));
  await userEvent.click(save);
  await waitFor(() => expect(kept.find((one) => one.id === "甲")?.position).toBe(20));
  expect(screen.queryByText("版本已变")).toBeNull();
});
