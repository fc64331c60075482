import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { expect, it } from "vitest";
import { queryKeys } from "@/api/query-keys";
import type { Meta } from "@/api/types";
import { markedObjects, showsMarked } from "./shown-objects";

const meta = {
  objects: [
    { name: "contact", watermark: true },
    { name: "account", watermark: false },
  ],
} as unknown as Meta;
const page = (...objects: string[]) => ({ items: objects.map((object) => ({ object })), next_cursor: null });

/** A screen that shows the answer of a call. */
function show(client: QueryClient, queryKey: readonly unknown[], data: unknown) {
  client.setQueryData(queryKey, data);
  return new QueryObserver(client, { queryKey, queryFn: () => data, staleTime: Number.POSITIVE_INFINITY }).subscribe(
    () => {},
  );
}

it("knows what is on the screen, and only while it is", () => {
  const client = new QueryClient();
  const shows = () => showsMarked(client, markedObjects(meta));
  const cases: [readonly unknown[], unknown, boolean][] = [
    [queryKeys.list("contact", {}), { pages: [page()], pageParams: [null] }, true],
    [queryKeys.record("contact", "1"), { id: "1" }, true],
    [queryKeys.history("contact", "1"), page(), true],
    [queryKeys.count("contact", {}), { value: 3 }, false],
    [queryKeys.aggregate("contact", {}), { groups: [] }, false],
    [queryKeys.list("account", {}), { pages: [page()], pageParams: [null] }, false],
    [queryKeys.timeline("account", "1"), { pages: [page("account"), page("contact")], pageParams: [] }, true],
    [queryKeys.search("a"), page("account", "contact"), true],
    [queryKeys.search("b"), page("account"), false],
    [queryKeys.me, { user: {} }, false],
  ];
  for (const [key, data, wanted] of cases) {
    const hide = show(client, key, data);
    expect(shows(), JSON.stringify(key)).toBe(wanted);
    hide();
    expect(shows(), "kept in memory, on no screen").toBe(false);
  }
});

it("asks nothing where no object is marked", () => {
  const client = new QueryClient();
  show(client, queryKeys.list("account", {}), { pages: [page()], pageParams: [null] });
  expect(showsMarked(client, markedObjects({ objects: [] } as unknown as Meta))).toBe(false);
});
