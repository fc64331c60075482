import { afterEach, describe, expect, it, vi } from "vitest";
import * as records from "@/api/records";
import type { ObjectMeta, RecordData, RecordPage } from "@/api/types";
import { fillable, fillPlaces, heldBy, PLACES } from "./places";

const leaver = { id: "leaver", version: 3, manager: { id: "chief", label: "主管" } } as unknown as RecordData;
const place = (key: (typeof PLACES)[number]["key"]) => PLACES.find((one) => one.key === key) ?? PLACES[0];

function found(items: object[]) {
  vi.spyOn(records, "listRecords").mockResolvedValue({ items, next_cursor: null } as unknown as RecordPage);
  return vi.spyOn(records, "batchChange").mockResolvedValue({
    change_id: "change",
    succeeded: items.length,
    failed: 0,
    results: items.map((_item, index) => ({ index })),
  } as never);
}

afterEach(() => vi.restoreAllMocks());

describe("places of a leaver", () => {
  it("are asked for by what they refer to", () => {
    expect(heldBy(place("reports"), "x")).toBe('manager == "x"');
    expect(heldBy(place("teams"), "x")).toBe('members.contains("x")');
  });

  it("go to the successor, who himself reports to whom the leaver reported", async () => {
    const batch = found([
      { id: "ann", version: 1, manager: { id: "leaver", label: "" } },
      { id: "successor", version: 2, manager: { id: "leaver", label: "" } },
    ]);
    const outcome = await fillPlaces(place("reports"), leaver, "successor");
    expect(batch.mock.calls[0]?.[1].operations).toEqual([
      { op: "update", id: "ann", version: 1, values: { manager: "successor" } },
      { op: "update", id: "successor", version: 2, values: { manager: "chief" } },
    ]);
    expect(outcome).toEqual({ succeeded: 2, failed: 0, reason: null, changes: ["change"] });
  });

  it("in a team is one among the others, and never twice", async () => {
    const batch = found([
      {
        id: "team",
        version: 4,
        members: [
          { id: "leaver", label: "" },
          { id: "ann", label: "" },
          { id: "successor", label: "" },
        ],
      },
    ]);
    await fillPlaces(place("teams"), leaver, "successor");
    expect(batch.mock.calls[0]?.[1].operations[0]).toMatchObject({ values: { members: ["ann", "successor"] } });
  });

  it("that nobody holds change nothing", async () => {
    const batch = found([]);
    expect(await fillPlaces(place("heads"), leaver, "successor")).toMatchObject({ succeeded: 0, changes: [] });
    expect(batch).not.toHaveBeenCalled();
  });

  it("are offered where the caller may fill them", () => {
    const object = (name: string, update: boolean, field: string) =>
      ({ name, access: { update }, fields: [{ name: field, read_only: false }] }) as unknown as ObjectMeta;
    const all = [object("user", true, "manager"), object("team", false, "lead"), object("department", true, "head")];
    expect(fillable(all).map((one) => one.key)).toEqual(["reports", "heads"]);
  });
});
