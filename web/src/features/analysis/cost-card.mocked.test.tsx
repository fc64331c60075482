import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { queryKeys } from "@/api/query-keys";
import { runObjectAction } from "@/api/records";
import type { Json, Meta } from "@/api/types";
import { FormatsProvider } from "@/i18n/formats";
import { activateLateTexts, activateLocale } from "@/i18n/i18n";
import type { Choice } from "./choice";
import { CostCard } from "./cost-card";

vi.mock("@/api/records");
vi.mock("./figure-card", () => ({
  FigureCard: ({ title, note }: { title: string; note: string | null }) => (
    <section aria-label={title}>
      <p data-testid="note">{note}</p>
    </section>
  ),
}));

const choice = { span: { from: "2026-01-01", to: "2026-04-01" } } as unknown as Choice;
const total = { source: null, cost: "1.00", leads: 1 };

async function draw(more: Record<string, Json>) {
  vi.mocked(runObjectAction).mockResolvedValue({
    currency: "CNY",
    rows: [],
    total,
    hidden: [],
    without_rate: 0,
    ...more,
  });
  const client = new QueryClient();
  client.setQueryData(queryKeys.meta, { objects: [] } as unknown as Meta);
  render(
    <QueryClientProvider client={client}>
      <FormatsProvider locale="zh-CN" timeZone="UTC" currency="CNY">
        <CostCard choice={choice} />
      </FormatsProvider>
    </QueryClientProvider>,
  );
}

beforeEach(async () => {
  await activateLocale("zh-CN");
  await activateLateTexts();
});

it("says that these are not the company's numbers where the caller sees a part", async () => {
  await draw({ partial: true, without_rate: 2 });
  expect(await screen.findByText(/您只能看到其中一部分记录，这里不是全公司的数字/)).toHaveTextContent(
    "2 笔金额的币种没有汇率",
  );
});

it("says nothing of it where all is counted", async () => {
  await draw({ without_rate: 2 });
  expect(await screen.findByText(/2 笔金额/)).not.toHaveTextContent("全公司");
});
