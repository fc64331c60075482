import { describe, expect, it } from "vitest";
import type { RecordData } from "@/api/types";
import { isOpen, isOver, recordOf } from "./request-text";

const ID = "0190a5c0-7b1e-7000-8000-0000000000aa";
const request = (values: object) => ({ id: ID, version: 1, ...values }) as RecordData;

describe("a request for rights", () => {
  it("finds the record in a link, whatever stands around it", () => {
    expect(recordOf(`https://crm.example/r/account/${ID}?tab=files`)).toEqual({ object: "account", id: ID });
    expect(recordOf(`/r/my_object_2/${ID}`)).toEqual({ object: "my_object_2", id: ID });
    expect(recordOf(` ${ID} `)).toEqual({ object: null, id: ID });
    for (const text of ["", "account", `${ID}0`, "/r/account/new", `/o/account/${ID.slice(1)}`]) {
      expect(recordOf(text), text).toBeNull();
    }
  });

  it("waits until it is decided, and is over when its time is", () => {
    expect(["waiting_head", "waiting_grant", "approved", "refused"].map((state) => isOpen(request({ state })))).toEqual(
      [true, true, false, false],
    );
    const granted = { state: "approved", granted_until: "2026-11-20T00:00:00Z" };
    expect(isOver(request(granted), Date.parse("2026-11-20T00:00:00Z"))).toBe(true);
    expect(isOver(request(granted), Date.parse("2026-11-19T00:00:00Z"))).toBe(false);
    expect(isOver(request({ ...granted, state: "refused" }), Date.parse("2026-11-21T00:00:00Z"))).toBe(false);
  });
});
