import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { queryKeys } from "@/api/query-keys";
import { followInterest, shownRecords, type Wanted } from "./interest";

const id = (at: number) => `00000000-0000-7000-8000-${String(at).padStart(12, "0")}`;

function show(queryClient: QueryClient, queryKey: readonly unknown[], data: unknown, meta = {}) {
  const observer = new QueryObserver(queryClient, {
    queryKey,
    queryFn: async () => data,
    initialData: data,
    meta,
    staleTime: 60_000,
  });
  return observer.subscribe(() => {});
}
const pageOf = (...ids: string[]) => ({ pages: [{ items: ids.map((one) => ({ id: one })) }], pageParams: [null] });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("what the server is asked to tell of", () => {
  it("are the records on the screen, opened ones first, and nothing that is no id", () => {
    const queryClient = new QueryClient();
    show(queryClient, queryKeys.list("account", {}), pageOf(id(1), id(2), "no id"));
    show(queryClient, queryKeys.record("lead", id(3)), { id: id(3) });
    show(queryClient, queryKeys.record("lead", "typed by hand"), null);
    const left = show(queryClient, queryKeys.list("contact", {}), pageOf(id(4)));
    left();
    expect(shownRecords(queryClient).map((one) => [one.object, one.id])).toEqual([
      ["lead", id(3)],
      ["account", id(1)],
      ["account", id(2)],
    ]);
  });

  it("is bounded, however long a list is", () => {
    const queryClient = new QueryClient();
    show(queryClient, queryKeys.list("account", {}), pageOf(...Array.from({ length: 2_000 }, (_, at) => id(at))));
    expect(shownRecords(queryClient)).toHaveLength(300);
  });

  it("is said again when a list has been read, and with what a query follows from beside its own object", async () => {
    const queryClient = new QueryClient();
    const said: Wanted[] = [];
    const interest = followInterest(
      queryClient,
      () => ["notification"],
      (wanted) => said.push(wanted),
    );
    show(queryClient, queryKeys.list("account", {}), pageOf(id(1)), { liveAlso: ["absence"] });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(said.at(-1)?.objects).toEqual(["account", "absence", "notification"]);
    expect(said.at(-1)?.records).toEqual([{ object: "account", id: id(1) }]);
    queryClient.setQueryData(queryKeys.list("account", {}), pageOf(id(1), id(2)));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(said.at(-1)?.records).toHaveLength(2);
    interest.end();
  });
});
