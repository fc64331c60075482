import { describe, expect, it } from "vitest";
import type { RecordData } from "@/api/types";
import type { OutboxItem } from "@/engine/outbox/store";
import { distanceParts, isThere, visitState } from "./visit-model";

const visit = (values: Record<string, unknown> = {}) => ({ id: "v", version: 1, ...values }) as unknown as RecordData;
const waiting = (action: string, at: string, refused?: string) =>
  ({ id: action, record: "v", action, at, ...(refused ? { refused } : {}) }) as OutboxItem;

describe("a visit", () => {
  it("stands where the server says, or where this device left it", () => {
    expect(visitState(visit(), []).stage).toBe("before");
    expect(visitState(visit({ check_in_at: "2026-11-16T02:00:00Z" }), []).stage).toBe("there");
    const both = [waiting("check_in", "2026-11-16T02:00:00Z"), waiting("check_out", "2026-11-16T02:40:00Z")];
    expect(visitState(visit(), both.slice(0, 1))).toMatchObject({ stage: "there", began: "2026-11-16T02:00:00Z" });
    expect(visitState(visit(), both)).toMatchObject({ stage: "after", ended: "2026-11-16T02:40:00Z" });
    // What was refused did not happen, and what another visit waits for says nothing of this one.
    expect(visitState(visit(), [waiting("check_in", "2026-11-16T02:00:00Z", "已经签到")]).stage).toBe("before");
    expect(visitState(visit({ id: "w" }), both).stage).toBe("before");
  });

  it("is made by its owner, who stands in for him, and who takes part", () => {
    const viewer = { id: "me", selves: ["me", "boss"] } as unknown as Parameters<typeof isThere>[1];
    const owned = (id: string) => visit({ owner: { id, label: null } });
    expect(["me", "boss", "other"].map((id) => isThere(owned(id), viewer))).toEqual([true, true, false]);
    expect(isThere(visit({ participants: [{ id: "me", label: null }] }), viewer)).toBe(true);
    expect(isThere(visit({ participants: [{ id: "boss", label: null }] }), viewer)).toBe(false);
  });

  it("tells distances in metres, and far ones in kilometres", () => {
    expect([0, 999, 1000, 12_340, 1_067_310].map((metres) => distanceParts(metres))).toEqual([
      { unit: "metres", n: "0" },
      { unit: "metres", n: "999" },
      { unit: "kilometres", n: "1.0" },
      { unit: "kilometres", n: "12.3" },
      { unit: "kilometres", n: "1067" },
    ]);
  });
});
