import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, it, vi } from "vitest";
import { queryKeys } from "@/api/query-keys";
import { createRecord, listRecords, updateRecord } from "@/api/records";
import type { Me, Meta, RecordData } from "@/api/types";
import { useSavedSearches, useSaveSearch } from "./saved-searches";

vi.mock("@/api/records");

const me = { user: { id: "me", name: "A" }, preferences: {} } as unknown as Me;
const meta = { objects: [{ name: "saved_view", access: { create: true } }] } as unknown as Meta;
const view = (id: string, owner: string, config: unknown, shared = false) =>
  ({ id, name: id, shared, owner: { id: owner, label: owner }, config }) as unknown as RecordData;

function open<T>(hook: () => T, as: Me = me) {
  const queryClient = new QueryClient();
  queryClient.setQueryData(queryKeys.me, as);
  queryClient.setQueryData(queryKeys.meta, meta);
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
  );
  return renderHook(hook, { wrapper }).result;
}

it("are the saved views of no object, one's own first, and what is no search is left out", async () => {
  vi.mocked(listRecords).mockResolvedValue({
    items: [
      view("theirs", "other", { q: "星河" }, true),
      view("mine", "me", { q: " object:商机 " }),
      view("broken", "me", { filter: "" }),
      view("worse", "me", null),
    ],
    next_cursor: null,
  });
  const result = open(useSavedSearches);
  await waitFor(() => expect(result.current.searches).toHaveLength(2));
  expect(result.current.maySave).toBe(true);
  expect(result.current.searches).toEqual([
    { id: "mine", name: "mine", text: "object:商机", shared: false, mine: true },
    { id: "theirs", name: "theirs", text: "星河", shared: true, mine: false },
  ]);
  expect(vi.mocked(listRecords).mock.calls[0]?.[1]?.filter).toBe('object_name == "search"');
});

it("are not saved by whoever looks with another's rights", () => {
  vi.mocked(listRecords).mockResolvedValue({ items: [], next_cursor: null });
  const result = open(useSavedSearches, { ...me, viewer: { id: "v", name: "V" } });
  expect(result.current.maySave).toBe(false);
});

it("are made and changed as what they keep", async () => {
  vi.mocked(createRecord).mockResolvedValue(view("new", "me", { q: "星河" }));
  vi.mocked(updateRecord).mockResolvedValue(view("new", "me", { q: "星河" }));
  const result = open(useSaveSearch);
  const done = vi.fn();
  act(() => result.current.mutate({ name: " 星河 ", text: "星河 ", shared: true }, done));
  await waitFor(() => expect(done).toHaveBeenCalledOnce());
  const values = { name: "星河", shared: true, config: { q: "星河" } };
  expect(vi.mocked(createRecord)).toHaveBeenCalledWith("saved_view", { ...values, object_name: "search" });
  act(() => result.current.mutate({ id: "new", name: "星河", text: "星河", shared: true }, done));
  await waitFor(() => expect(done).toHaveBeenCalledTimes(2));
  expect(vi.mocked(updateRecord)).toHaveBeenCalledWith("saved_view", "new", values);
});
