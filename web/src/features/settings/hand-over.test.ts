import { afterEach, describe, expect, it, vi } from "vitest";
import { fieldMeta } from "@/api/fixtures";
import * as records from "@/api/records";
import type { ObjectMeta, RecordPage } from "@/api/types";
import { handOver, ownedObjects } from "./hand-over";

const record = (id: string) => ({ id }) as unknown as RecordPage["items"][number];
const page = (ids: string[], next: string | null): RecordPage => ({ items: ids.map(record), next_cursor: next });
const answer = (succeeded: number, more: object = {}) => ({
  change_id: `change-${succeeded}`,
  succeeded,
  failed: 0,
  problems: [],
  ...more,
});

afterEach(() => vi.restoreAllMocks());

describe("handing records over", () => {
  it("reads all of them before it gives the first away, then goes on in pieces", async () => {
    const ids = Array.from({ length: 2_500 }, (_, index) => `id-${index}`);
    const pages = [
      ids.slice(0, 500),
      ids.slice(500, 1_000),
      ids.slice(1_000, 1_500),
      ids.slice(1_500, 2_000),
      ids.slice(2_000),
    ];
    let read = 0;
    vi.spyOn(records, "listRecords").mockImplementation(async (_object, { cursor }) => {
      expect(cursor).toBe(read === 0 ? undefined : `after-${read}`);
      read += 1;
      return page(pages[read - 1] ?? [], read < pages.length ? `after-${read}` : null);
    });
    const changed: number[] = [];
    vi.spyOn(records, "bulkChange").mockImplementation(async (_object, { ids: some, change }) => {
      expect(read).toBe(pages.length);
      expect(change).toEqual({ update: { owner: "successor" } });
      changed.push(some?.length ?? 0);
      return answer(some?.length ?? 0);
    });
    const steps: number[] = [];
    const done = await handOver("account", "leaver", "successor", (step) => steps.push(step));
    expect(changed).toEqual([2_000, 500]);
    expect(steps).toEqual([2_000, 2_500]);
    expect(done).toEqual({ succeeded: 2_500, failed: 0, reason: null, changes: ["change-2000", "change-500"] });
  });

  it("says why some stayed", async () => {
    vi.spyOn(records, "listRecords").mockResolvedValue(page(["a", "b"], null));
    const problem = { field_errors: [{ field: "owner", code: "rule", message: "已归档" }], detail: "x" };
    vi.spyOn(records, "bulkChange").mockResolvedValue(
      answer(1, { failed: 1, problems: [{ id: "b", problem }] }) as never,
    );
    expect(await handOver("account", "leaver", "successor", () => {})).toMatchObject({ failed: 1, reason: "已归档" });
  });

  it("concerns what belongs to somebody and may be changed", () => {
    const object = (name: string, access: object, owner: boolean) =>
      ({
        name,
        access: { bulk: true, update: true, ...access },
        fields: owner ? [fieldMeta("owner", "user")] : [],
      }) as unknown as ObjectMeta;
    const all = [object("account", {}, true), object("product", {}, false), object("lead", { bulk: false }, true)];
    expect(ownedObjects(all).map((it) => it.name)).toEqual(["account"]);
  });
});
