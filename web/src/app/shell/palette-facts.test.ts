import { describe, expect, it } from "vitest";
import { fieldMeta } from "@/api/fixtures";
import type { Meta, SearchHit } from "@/api/types";
import { foundIn, type MatchedField } from "./palette-facts";

const fields = [fieldMeta("name", "text"), fieldMeta("title", "text"), fieldMeta("mobile", "phone")];
const meta = { objects: [{ name: "contact", fields }] } as unknown as Meta;
const label = (text: { "zh-CN": string } | undefined) => text?.["zh-CN"] ?? "";
const hit = (matched: MatchedField[], more: Partial<SearchHit> = {}): SearchHit => ({
  object: "contact",
  id: "1",
  label: "张三",
  subtitle: "经理",
  subtitle_field: "title",
  matched,
  typo: false,
  ...more,
});

describe("where a record was found", () => {
  it("is told of its title, the line below and one value more", () => {
    const mobile = { field: "mobile", text: "138 1234 5678", ranges: [[5, 8]] as [number, number][] };
    const found = foundIn(
      meta,
      hit([
        { field: "name", text: "张三", ranges: [[0, 1]] },
        { field: "title", text: "经理", ranges: [[0, 2]] },
        mobile,
      ]),
      label,
      "正文",
    );
    expect(found.title).toEqual([[0, 1]]);
    expect(found.second).toEqual({ text: "经理", ranges: [[0, 2]] });
    expect(found.fact).toEqual({ label: label(fields[2]?.label), text: mobile.text, ranges: mobile.ranges });
  });

  it("is nothing the server does not tell", () => {
    const found = foundIn(meta, hit([], { subtitle: "138****2345\n" }), label, "正文");
    expect(found).toEqual({ title: [], second: { text: "138****2345 ", ranges: [] }, fact: null });
  });

  it("is what a file says", () => {
    const said = { field: "text", text: "…报价单 含税", ranges: [[1, 4]] as [number, number][] };
    const found = foundIn(meta, hit([said], { object: "file", label: "报价.pdf", subtitle: "" }), label, "正文");
    expect(found.fact).toEqual({ label: "正文", text: said.text, ranges: said.ranges });
  });
});
