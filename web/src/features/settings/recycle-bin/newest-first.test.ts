import { describe, expect, it } from "vitest";
import type { ObjectMeta, RecordData, RecordPage } from "@/api/types";
import { newestFirst } from "./newest-first";

const object = (name: string) => ({ name }) as unknown as ObjectMeta;
const deleted = (id: string, at: string) => ({ id, deleted_at: at }) as unknown as RecordData;
const page = (items: RecordData[], next: string | null = null) => ({ items, next_cursor: next }) as RecordPage;

describe("the recycle bin of all objects", () => {
  it("mixes what was deleted by time, and says which objects have more", () => {
    const { rows, further } = newestFirst([
      { object: object("account"), page: page([deleted("a2", "2026-03-02"), deleted("a1", "2026-01-01")], "more") },
      { object: object("contact"), page: page([deleted("c1", "2026-02-01")]) },
      { object: object("lead"), page: undefined },
    ]);
    expect(rows.map((row) => `${row.object.name} ${row.record.id}`)).toEqual([
      "account a2",
      "contact c1",
      "account a1",
    ]);
    expect(further.map((one) => one.name)).toEqual(["account"]);
  });

  it("takes the last change where the time of deletion is not told", () => {
    const record = { id: "x", updated_at: "2026-05-01" } as unknown as RecordData;
    const { rows } = newestFirst([
      { object: object("a"), page: page([deleted("old", "2026-04-01")]) },
      { object: object("b"), page: page([record]) },
    ]);
    expect(rows[0]?.record.id).toBe("x");
  });
});
