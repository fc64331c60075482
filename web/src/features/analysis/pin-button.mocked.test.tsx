import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { changeMe } from "@/api/me";
import { queryKeys } from "@/api/query-keys";
import type { Me, Meta } from "@/api/types";
import { ARRANGEMENT } from "@/engine/home-arrangement";
import { activateLateTexts, activateLocale } from "@/i18n/i18n";
import { PinButton } from "./pin-button";

const told = vi.hoisted(() => vi.fn());
vi.mock("@/api/me");
vi.mock("antd", async (original) => ({
  ...(await original<typeof import("antd")>()),
  App: { useApp: () => ({ message: { success: told } }) },
}));

const handover = { name: "handover", fields: [], actions: [] };

function draw(objects: object[]) {
  const client = new QueryClient();
  client.setQueryData(queryKeys.meta, { objects } as unknown as Meta);
  client.setQueryData(queryKeys.me, { user: { id: "me", roles: [] }, preferences: {} } as unknown as Me);
  render(
    <QueryClientProvider client={client}>
      <PinButton name="handovers" title="各部门的交接" />
    </QueryClientProvider>,
  );
  return () => client.getQueryData<Me>(queryKeys.me)?.preferences[ARRANGEMENT] as { right: string[]; hidden: string[] };
}

beforeEach(async () => {
  await activateLocale("zh-CN");
  await activateLateTexts();
  vi.mocked(changeMe).mockResolvedValue({} as Me);
});

it("puts a figure on the home page, last in its column, and takes it off again", async () => {
  const kept = draw([handover]);
  const button = screen.getByRole("button", { name: "固定到首页: 各部门的交接" });
  expect(button).toHaveAttribute("aria-pressed", "false");
  await userEvent.click(button);
  expect(kept().right.at(-1)).toBe("figure.handovers");
  expect(told).toHaveBeenCalledExactlyOnceWith("“各部门的交接”已固定到首页");
  expect(button).toHaveAttribute("aria-pressed", "true");
  await userEvent.click(button);
  expect(kept().right).not.toContain("figure.handovers");
  expect(kept().hidden).toContain("figure.handovers");
});

it("is not there where the figure would not be shown", () => {
  draw([]);
  expect(screen.queryByRole("button")).toBeNull();
});
