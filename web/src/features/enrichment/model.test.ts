import { describe, expect, it } from "vitest";
import type { EnrichmentProposal } from "@/api/enrichment";
import type { ObjectMeta } from "@/api/types";
import { fieldsIn, firstFailure, withheldCounts } from "./model";

const object = {
  fields: ["name", "credit_code", "website"].map((name) => ({ name, label: { "zh-CN": name, en: name } })),
} as unknown as ObjectMeta;

const item = (given: Partial<EnrichmentProposal>) =>
  ({
    id: "1",
    title: null,
    state: "answered",
    reason: null,
    changes: [],
    typed: [],
    problems: [],
    ...given,
  }) as EnrichmentProposal;

describe("what a source sends and takes", () => {
  it("names the fields of its lines, and leaves out what is no field any more", () => {
    const lines = "name\ncredit_code = code\n\n gone = x\nwebsite：result.site";
    expect(fieldsIn(object, lines).map(({ name }) => name)).toEqual(["name", "credit_code", "website"]);
    expect(fieldsIn(object, null)).toEqual([]);
  });
});

describe("of whom nothing came", () => {
  it("is counted by reason; a word nobody knows is another reason", () => {
    const items = [
      item({ state: "withheld", reason: "no_consent" }),
      item({ state: "withheld", reason: "no_consent" }),
      item({ state: "withheld", reason: "something new" }),
      item({ state: "nothing", reason: null }),
    ];
    expect([...withheldCounts(items)]).toEqual([
      ["no_consent", 2],
      ["other", 1],
    ]);
  });

  it("says why the service failed", () => {
    expect(firstFailure([item({})])).toBeNull();
    expect(firstFailure([item({}), item({ state: "failed", reason: "HTTP 503" })])).toEqual({
      n: 1,
      reason: "HTTP 503",
    });
  });
});
