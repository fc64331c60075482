import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import { App } from "antd";
import type { ReactNode } from "react";
import { Suspense } from "react";
import { expect, it, vi } from "vitest";
import { queryKeys } from "@/api/query-keys";
import { updateRecord } from "@/api/records";
import type { BoardMeta, Me, ObjectMeta, RecordData } from "@/api/types";
import { activateLocale } from "@/i18n/i18n";
import type { RecordListData } from "../records";
import type { BoardColumn } from "./columns";
import { useBoardMove } from "./use-board-move";

vi.mock("@/api/records", async (original) => ({ ...(await original<object>()), updateRecord: vi.fn() }));

const object = {
  name: "deal",
  label: { "zh-CN": "商机", en: "Deal" },
  title_field: "name",
  access: { update: true },
  fields: [],
  actions: [],
} as unknown as ObjectMeta;
const board = { group_by: "stage", move_action: null, sort: "" } as unknown as BoardMeta;
const column = (key: string) => ({ key, label: { "zh-CN": key, en: key }, retired: false }) as unknown as BoardColumn;
const list = (...items: RecordData[]): RecordListData => ({
  pages: [{ items, next_cursor: null }],
  pageParams: [null],
});

it("keeps a card out of the column it left, though that was read while the move was under way", async () => {
  await activateLocale("en");
  const client = new QueryClient();
  client.setQueryData(queryKeys.me, {
    user: { id: "me", roles: [] },
    preferences: {},
    time_zone: "UTC",
  } as unknown as Me);
  const card = { id: "a", version: 1, name: "A", stage: "new" } as unknown as RecordData;
  const keyOf = (key: string) => queryKeys.list("deal", { filter: key });
  client.setQueryData(keyOf("new"), list(card));
  client.setQueryData(keyOf("won"), list());
  const moved = { ...card, version: 2, stage: "won" };
  vi.mocked(updateRecord).mockImplementation(async () => {
    // A column that somebody else's change had read anew comes in as it was before.
    client.setQueryData(keyOf("new"), list(card));
    client.setQueryData(keyOf("won"), list());
    return moved;
  });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>
      <App>
        <Suspense>{children}</Suspense>
      </App>
    </QueryClientProvider>
  );
  const queryOf = (it: BoardColumn) => ({ filter: it.key ?? "" });
  const { result } = renderHook(() => useBoardMove({ object, board, queryOf, aggregateKey: ["sums"], sums: [] }), {
    wrapper,
  });
  await act(async () => result.current.move(card, column("new"), column("won")));
  const cards = (key: string) =>
    client.getQueryData<RecordListData>(keyOf(key))?.pages.flatMap((page) => page.items.map((it) => it.id));
  expect(cards("new")).toEqual([]);
  expect(cards("won")).toEqual(["a"]);
});
