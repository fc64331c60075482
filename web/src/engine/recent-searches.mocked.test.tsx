import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { changeMe } from "@/api/me";
import { queryKeys } from "@/api/query-keys";
import type { Me } from "@/api/types";
import { useRecentSearches } from "./recent-searches";

vi.mock("@/api/me", () => ({ changeMe: vi.fn(), changeMeAndLeave: vi.fn(), signOut: vi.fn() }));

const stored = { user: { name: "A" }, preferences: { searches: ["星河"] }, csrf_token: "t" } as unknown as Me;

function open(as: Me = stored) {
  const queryClient = new QueryClient();
  queryClient.setQueryData(queryKeys.me, as);
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
  );
  return renderHook(useRecentSearches, { wrapper }).result;
}

/** What is written is seen a moment later. */
const does = (step: () => void) =>
  act(async () => {
    step();
    await vi.advanceTimersByTimeAsync(1);
  });

beforeEach(() => {
  vi.useFakeTimers();
  vi.mocked(changeMe).mockResolvedValue(stored);
});
afterEach(() => {
  vi.useRealTimers();
  vi.clearAllMocks();
});

it("keeps what was searched for once, newest first, with the preferences", async () => {
  const result = open();
  await does(() => result.current.note(" Zhang "));
  await does(() => result.current.note("星河"));
  await does(() => result.current.note("zhang"));
  expect(result.current.searches).toEqual(["zhang", "星河"]);
  await act(() => vi.runAllTimersAsync());
  expect(vi.mocked(changeMe)).toHaveBeenCalledExactlyOnceWith({ preferences: { searches: ["zhang", "星河"] } });
});

it("keeps a few, and nothing empty or pasted", async () => {
  const result = open();
  for (let index = 0; index < 12; index++) await does(() => result.current.note(`搜索 ${index}`));
  await does(() => result.current.note("  "));
  await does(() => result.current.note("长".repeat(101)));
  expect(result.current.searches).toHaveLength(8);
  expect(result.current.searches[0]).toBe("搜索 11");
});

it("lets one be removed, and all", async () => {
  const result = open();
  await does(() => result.current.note("张三"));
  await does(() => result.current.remove("星河"));
  expect(result.current.searches).toEqual(["张三"]);
  await does(() => result.current.clear());
  expect(result.current.searches).toEqual([]);
});

it("shows and keeps nothing for whoever looks with another's rights", async () => {
  const result = open({ ...stored, viewer: { id: "v", name: "V" } });
  expect(result.current.searches).toEqual([]);
  await does(() => result.current.note("张三"));
  await does(() => result.current.clear());
  await act(() => vi.runAllTimersAsync());
  expect(vi.mocked(changeMe)).not.toHaveBeenCalled();
});

it("stands what is no list", () => {
  expect(open({ ...stored, preferences: { searches: "星河" } } as unknown as Me).current.searches).toEqual([]);
});
