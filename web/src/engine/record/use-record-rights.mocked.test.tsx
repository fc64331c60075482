import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { beforeEach, expect, it, vi } from "vitest";
import { fieldMeta } from "@/api/fixtures";
import { queryKeys } from "@/api/query-keys";
import type { Me, ObjectMeta, RecordData } from "@/api/types";
import { useRecordRights } from "./use-record-rights";

const asked = vi.hoisted(() => vi.fn());
vi.mock("@/api/rights", () => ({
  explanationOptions: (object: string, id: string) => ({ queryKey: ["access", object, id], queryFn: asked }),
}));

const access = { update: true, delete: true };
const objectOf = (...names: string[]) =>
  ({ name: "thing", access, fields: names.map((name) => fieldMeta(name, "text")) }) as unknown as ObjectMeta;
const answer = (update: boolean) =>
  asked.mockResolvedValue({ verbs: [{ verb: "update", allowed: update, reasons: [] }] });

function rightsOf(object: ObjectMeta, values: object, roles: string[] = []) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  client.setQueryData(queryKeys.me, { user: { id: "me", roles }, preferences: {} } as unknown as Me);
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  const record = { id: "r", version: 1, ...values } as unknown as RecordData;
  return renderHook(() => useRecordRights(object, record), { wrapper }).result;
}

beforeEach(() => asked.mockReset());

it("takes what is one's own for one's own without asking", () => {
  const result = rightsOf(objectOf("name", "owner"), { owner: { id: "me", label: "Me" } });
  expect(result.current).toEqual({ update: true, delete: true });
  expect(asked).not.toHaveBeenCalled();
});

it("asks about a record of a kind without an owner, which a rule of rows may forbid", async () => {
  answer(false);
  const result = rightsOf(objectOf("name"), {});
  expect(result.current).toEqual({ update: false, delete: false });
  await waitFor(() => expect(asked).toHaveBeenCalledOnce());
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(result.current).toEqual({ update: false, delete: false });
});

it("offers what the answer allows, no more", async () => {
  answer(true);
  const result = rightsOf(objectOf("name"), {});
  await waitFor(() => expect(result.current).toEqual({ update: true, delete: false }));
});

it("does not ask for the administrator", () => {
  expect(rightsOf(objectOf("name"), {}, ["administrator"]).current).toEqual({ update: true, delete: true });
  expect(asked).not.toHaveBeenCalled();
});
