import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { changeMe, changeMeAndLeave } from "@/api/me";
import { queryKeys } from "@/api/query-keys";
import type { Me } from "@/api/types";
import { usePreference, useUpdateMe } from "./session";

vi.mock("@/api/me", () => ({ changeMe: vi.fn(), changeMeAndLeave: vi.fn(), signOut: vi.fn() }));

const stored = { user: { name: "A" }, preferences: { other: 1 }, csrf_token: "t", theme: "light" } as unknown as Me;

function open<T>(hook: () => T, as: Me = stored) {
  const queryClient = new QueryClient();
  queryClient.setQueryData(queryKeys.me, as);
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
  );
  const me = () => queryClient.getQueryData<Me>(queryKeys.me);
  return { ...renderHook(hook, { wrapper }), me };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.clearAllMocks();
});

it("sends only what changed, several changes together, so that another tab's stay", async () => {
  vi.mocked(changeMe).mockResolvedValue(stored);
  const { result } = open(() => [usePreference<number>("a", 0), usePreference<number>("b", 0)] as const);
  act(() => result.current[0][1](1));
  act(() => result.current[1][1](2));
  await act(() => vi.runAllTimersAsync());
  expect(result.current.map(([value]) => value)).toEqual([1, 2]);
  expect(vi.mocked(changeMe).mock.calls).toEqual([[{ preferences: { a: 1, b: 2 } }]]);
});

it("keeps what was written and not sent yet when an answer comes that does not know it", async () => {
  vi.mocked(changeMe).mockResolvedValue({ ...stored, theme: "dark" });
  const { result, me } = open(() => ({ a: usePreference<number>("a", 0), update: useUpdateMe() }));
  act(() => result.current.a[1](7));
  await act(async () => {
    await result.current.update.mutateAsync({ theme: "dark" });
  });
  expect(me()).toMatchObject({ theme: "dark", preferences: { a: 7, other: 1 } });
  await act(() => vi.runAllTimersAsync());
});

it("sends nothing of whom somebody looks as", async () => {
  const { result, me } = open(() => usePreference<number>("a", 0), { ...stored, viewer: { id: "v", name: "V" } });
  act(() => result.current[1](7));
  await act(() => vi.runAllTimersAsync());
  window.dispatchEvent(new Event("pagehide"));
  expect(me()).toMatchObject({ preferences: { a: 7 } });
  expect(vi.mocked(changeMe)).not.toHaveBeenCalled();
  expect(vi.mocked(changeMeAndLeave)).not.toHaveBeenCalled();
});
