import { describe, expect, it } from "vitest";
import type { RecordData } from "@/api/types";
import { readLink } from "./outside-links";

const record = (values: object) =>
  ({ id: "1", name: "办公系统", url: "https://oa.example/", ...values }) as unknown as RecordData;

describe("links to other systems", () => {
  it("are called as the language wants, else by their name", () => {
    expect(readLink(record({ name_en: "Office" }), "en")?.name).toBe("Office");
    expect(readLink(record({ name_en: "Office" }), "zh-CN")?.name).toBe("办公系统");
    expect(readLink(record({ name_en: null }), "en")?.name).toBe("办公系统");
    expect(readLink(record({ name: undefined }), "en")?.name).toBe("oa.example");
  });

  it("lead nowhere but to encrypted addresses", () => {
    for (const url of ["http://oa.example/", "javascript:alert(1)", "data:text/html,x", "oa", null, undefined, 7]) {
      expect(readLink(record({ url }), "zh-CN")).toBeNull();
    }
  });

  it("open beside unless they say otherwise", () => {
    expect(readLink(record({}), "en")).toMatchObject({ newTab: true, icon: "link" });
    expect(readLink(record({ new_tab: false, icon: "bar_chart" }), "en")).toMatchObject({
      newTab: false,
      icon: "bar-chart",
    });
  });
});
