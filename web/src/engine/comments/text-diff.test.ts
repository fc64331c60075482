import { describe, expect, it } from "vitest";
import { textDifferences } from "./text-diff";

const told = (before: string, after: string) =>
  textDifferences(before, after).map(({ kind, text }) => `${{ same: " ", added: "+", removed: "-" }[kind]}${text}`);

describe("what was changed in a text", () => {
  it("is told by characters in Chinese and by words in English", () => {
    expect(told("报价三十万元", "报价二十八万元")).toEqual([" 报价", "-三", "+二", " 十", "+八", " 万元"]);
    expect(told("call them on Monday", "call them on Tuesday morning")).toEqual([
      " call them on ",
      "-Monday",
      "+Tuesday morning",
    ]);
  });

  it("is nothing where nothing was, and all where all was", () => {
    expect(told("一样", "一样")).toEqual([" 一样"]);
    expect(told("", "新写的")).toEqual(["+新写的"]);
    expect(told("删掉", "")).toEqual(["-删掉"]);
  });

  it("keeps both texts whole, whatever was changed, and however long they are", () => {
    const texts = [
      "甲乙丙丁",
      "甲丙丁戊",
      "a b c",
      "",
      "乙甲",
      "x".repeat(10),
      "字".repeat(4_000),
      `${"字".repeat(3_999)}末`,
      "你".repeat(4_000),
    ];
    for (const before of texts) {
      for (const after of texts) {
        const pieces = textDifferences(before, after);
        const without = (kind: string) =>
          pieces
            .filter((one) => one.kind !== kind)
            .map((one) => one.text)
            .join("");
        expect([without("added"), without("removed")]).toEqual([before, after]);
      }
    }
  });
});
