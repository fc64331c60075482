import { describe, expect, it } from "vitest";
import type { Meta, RecordData } from "@/api/types";
import { toConfirmFilter, unconfirmed } from "./use-to-confirm";

const meta = (...objects: [string, string[]][]) =>
  ({
    objects: objects.map(([name, fields]) => ({ name, fields: fields.map((field) => ({ name: field })) })),
  }) as unknown as Meta;

describe("notices to be confirmed", () => {
  it("are asked for as far as the caller sees whom they are for", () => {
    expect(toConfirmFilter(meta(["notice", ["audience"]], ["notice_receipt", []]))).toContain("me.id in audience");
    expect(toConfirmFilter(meta(["notice", []], ["notice_receipt", []]))).not.toContain("audience");
    expect(toConfirmFilter(meta(["account", []]))).toBeNull();
  });

  it("are those without a confirmation of one's own", () => {
    const notice = (id: string) => ({ id, title: id }) as unknown as RecordData;
    const receipt = { id: "r", notice: { id: "a", label: "a" } } as unknown as RecordData;
    expect(unconfirmed([notice("a"), notice("b")], [receipt])).toEqual([{ id: "b", title: "b" }]);
  });
});
