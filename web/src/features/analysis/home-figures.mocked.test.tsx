import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { queryKeys } from "@/api/query-keys";
import { runObjectAction } from "@/api/records";
import type { Me, Meta } from "@/api/types";
import type { HomeFrameProps } from "@/engine/home-parts";
import { FormatsProvider } from "@/i18n/formats";
import { activateLateTexts, activateLocale } from "@/i18n/i18n";
import { HomeFigure } from "./home-figures";

vi.mock("@/api/records");
vi.mock("@tanstack/react-router", () => ({
  Link: ({ to, search, children }: { to: string; search: object; children: string }) => (
    <a href={`${to}?${JSON.stringify(search)}`}>{children}</a>
  ),
  useNavigate: () => () => undefined,
}));

const Frame = ({ title, link, empty, children }: HomeFrameProps) => (
  <section aria-label={title}>
    {link}
    {empty ?? children}
  </section>
);
const costs = { name: "campaign_cost", fields: [], actions: [{ name: "cost_by_source" }] };

function draw(objects: object[], more: { name?: string; kept?: boolean; onRemove?: () => void } = {}) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  client.setQueryData(queryKeys.meta, { objects } as unknown as Meta);
  client.setQueryData(queryKeys.me, { user: { id: "me", roles: [] }, preferences: {} } as unknown as Me);
  return render(
    <QueryClientProvider client={client}>
      <FormatsProvider locale="zh-CN" timeZone="UTC" currency="CNY">
        <HomeFigure name="cost" mine kept={false} onRemove={() => undefined} Frame={Frame} {...more} />
      </FormatsProvider>
    </QueryClientProvider>,
  );
}

beforeEach(async () => {
  await activateLocale("zh-CN");
  await activateLateTexts();
});

it("stands in the page's frame, leads to the whole analysis of the same people, and says that there is nothing", async () => {
  const total = { source: null, cost: "0", leads: 0 };
  vi.mocked(runObjectAction).mockResolvedValue({ currency: "CNY", rows: [], total, hidden: [], without_rate: 0 });
  draw([costs]);
  const card = await screen.findByRole("region", { name: "来源成本" });
  expect(await screen.findByText(/这段时间里没有数据/)).toBeInTheDocument();
  expect(card.querySelector("a")).toHaveAttribute("href", '/analysis/sales?{"owner":"me"}');
  // Neither a second frame nor the buttons of the page.
  expect(screen.queryByRole("heading")).toBeNull();
  expect(screen.queryByRole("button")).toBeNull();
});

it("says that it failed, and is asked for again", async () => {
  vi.mocked(runObjectAction).mockRejectedValue(new Error("no"));
  draw([costs]);
  expect(await screen.findByRole("alert")).toBeInTheDocument();
  expect(screen.getByRole("button")).toBeInTheDocument();
});

it("tells who put it there and may no longer see it, who takes it off; the standard page leaves it out", async () => {
  const onRemove = vi.fn();
  const { unmount } = draw([], { kept: true, onRemove });
  expect(screen.getByRole("region", { name: "来源成本" })).toHaveTextContent("权限");
  await userEvent.click(screen.getByRole("button", { name: "从首页移除" }));
  expect(onRemove).toHaveBeenCalledOnce();
  unmount();
  const { container } = draw([]);
  expect(container).toBeEmptyDOMElement();
  draw([], { name: "gone", kept: true });
  expect(screen.getByRole("region", { name: "销售分析" })).toBeInTheDocument();
});
