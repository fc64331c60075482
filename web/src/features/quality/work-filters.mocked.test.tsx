import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, fireEvent, render, screen } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { queryKeys } from "@/api/query-keys";
import type { Meta, ObjectMeta } from "@/api/types";
import { activateLateTexts, activateLocale } from "@/i18n/i18n";
import { WorkFilters } from "./work-filters";

vi.mock("@/engine/session", () => ({ useMe: () => ({ user: { id: "me", name: "我" } }) }));

const object = { name: "account", fields: [] } as unknown as ObjectMeta;

beforeEach(async () => {
  await activateLocale("zh-CN");
  await activateLateTexts();
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
});

it("keeps the letters typed while the address takes up those before, and follows the address else", () => {
  vi.useFakeTimers();
  const client = new QueryClient();
  client.setQueryData(queryKeys.meta, { objects: [] } as unknown as Meta);
  const onChange = vi.fn();
  const drawn = (q: string) => (
    <QueryClientProvider client={client}>
      <WorkFilters object={object} rules={[]} search={{ q }} onChange={onChange} />
    </QueryClientProvider>
  );
  const { rerender } = render(drawn(""));
  const words = screen.getByRole("textbox");
  fireEvent.change(words, { target: { value: "星" } });
  act(() => void vi.advanceTimersByTime(500));
  expect(onChange).toHaveBeenLastCalledWith({ q: "星" });
  fireEvent.change(words, { target: { value: "星河" } });
  rerender(drawn("星"));
  expect(words).toHaveValue("星河");
  act(() => void vi.advanceTimersByTime(500));
  expect(onChange).toHaveBeenLastCalledWith({ q: "星河" });
  rerender(drawn("星河"));
  rerender(drawn(""));
  expect(words).toHaveValue("");
  vi.useRealTimers();
});
