import { describe, expect, it } from "vitest";
import { fieldMeta } from "@/api/fixtures";
import type { ObjectMeta, RecordData } from "@/api/types";
import { circleOf } from "./circles";

const object = {
  name: "lead",
  fields: [fieldMeta("owner", "user"), fieldMeta("pool", "reference", { target: "pool" })],
} as unknown as ObjectMeta;
const record = (values: object) => ({ id: "r", version: 1, ...values }) as unknown as RecordData;

describe("the circle a record lies in", () => {
  const viewer = { circles: ["p1", "p2"], keeps: ["p2"] };
  it("is one the caller belongs to and does not keep", () => {
    expect(circleOf(object, record({ owner: null, pool: { id: "p1", label: "" } }), viewer)).toBe("p1");
    expect(circleOf(object, record({ owner: null, pool: { id: "p2", label: "" } }), viewer)).toBeNull();
    expect(circleOf(object, record({ owner: null, pool: { id: "p3", label: "" } }), viewer)).toBeNull();
    expect(circleOf(object, record({ owner: null, pool: null }), {})).toBeNull();
  });

  it("may be the record itself", () => {
    expect(circleOf(object, { ...record({}), id: "p1" }, viewer)).toBe("p1");
    expect(circleOf(object, { ...record({}), id: "p2" }, viewer)).toBeNull();
  });

  it("is none of what is somebody's", () => {
    const owned = record({ owner: { id: "u", label: "" }, pool: { id: "p1", label: "" } });
    expect(circleOf(object, owned, viewer)).toBeNull();
  });
});
