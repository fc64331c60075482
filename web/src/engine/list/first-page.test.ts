import { QueryClient } from "@tanstack/react-query";
import { afterEach, expect, it, vi } from "vitest";
import { fieldMeta } from "@/api/fixtures";
import { queryKeys } from "@/api/query-keys";
import * as records from "@/api/records";
import type { Json, RecordPage } from "@/api/types";
import { changedConfig, EVERYTHING, readAhead } from "./first-page";

const label = { "zh-CN": "客户", en: "Account" };
const object = {
  name: "account",
  title_field: "name",
  access: { update: true },
  fields: [fieldMeta("name", "text"), fieldMeta("level", "select"), fieldMeta("phone", "phone")],
  views: {
    list: [
      { name: "all", label, columns: ["name", "level"], filter: null, sort: "-updated_at" },
      { name: "mine", label, columns: ["name"], filter: "owner == me.id", sort: null },
    ],
  },
};

function asked(preferences: { [key: string]: Json }, address: Parameters<typeof readAhead>[2], name = "account") {
  const list = vi.spyOn(records, "listRecords").mockResolvedValue({ items: [], next_cursor: null } as RecordPage);
  const queryClient = new QueryClient();
  queryClient.setQueryData(queryKeys.meta, { objects: [object] });
  queryClient.setQueryData(queryKeys.me, { preferences });
  readAhead(queryClient, name, address);
  return list.mock.calls.map(([of, { limit: _limit, cursor: _cursor, ...query }]) => [of, query]);
}

afterEach(() => vi.restoreAllMocks());

it("asks for what the first view shows", () => {
  expect(asked({}, {})).toEqual([["account", { fields: "name,level", sort: "-updated_at" }]]);
});

it("asks for the view last used, with the columns chosen and what the address changes", () => {
  const preferences = { "list.account.view": "mine", "list.account.columns": { mine: [{ path: "phone", width: 90 }] } };
  expect(asked(preferences, { q: "王", deleted: "only" })).toEqual([
    ["account", { filter: "owner == me.id", q: "王", deleted: "only", fields: "name,phone" }],
  ]);
});

it("leaves alone what has to be read first, and what there is not", () => {
  expect(asked({}, { view: "saved:1" })).toEqual([]);
  expect(asked({ "list.account.view": "saved:1" }, {})).toEqual([]);
  expect(asked({}, {}, "nothing")).toEqual([]);
});

it("takes a view's filter off", () => {
  const view = { columns: [], filter: "owner == me.id", sort: "" };
  expect(changedConfig(view, undefined, { filter: EVERYTHING }).filter).toBe("");
  expect(changedConfig(view, undefined, {}).filter).toBe("owner == me.id");
});
