import i18next from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import type { FieldSource } from "@/api/provenance";
import { en } from "@/i18n/en";
import { zhCN } from "@/i18n/zh-CN";
import { sourceText } from "./field-source";

const source = (given: Partial<FieldSource>): FieldSource => ({
  field: "phone",
  source: "entered",
  at: "2026-11-03T02:22:00Z",
  actor: { id: "1", label: "王伟" },
  change_id: "2",
  file: null,
  row: null,
  sheet: null,
  from: null,
  ...given,
});

describe("where a value comes from", () => {
  beforeAll(async () => {
    await i18next.init({ resources: { en: { translation: en }, "zh-CN": { translation: zhCN } }, lng: "zh-CN" });
  });
  const text = (lng: string, given: Partial<FieldSource>) =>
    sourceText(source(given), i18next.getFixedT(lng), (at) => at.slice(0, 10));

  it("says how, by whom and when", () => {
    expect(text("zh-CN", {})).toBe("手工录入 · 王伟 · 2026-11-03");
    expect(text("zh-CN", { source: "imported", file: "年底清理.csv" })).toBe(
      "导入自“年底清理.csv” · 王伟 · 2026-11-03",
    );
    expect(text("zh-CN", { source: "imported", file: "集团.xlsx", sheet: "客户", row: 12 })).toContain(
      "导入自“集团.xlsx · 客户”第 12 行",
    );
    expect(text("zh-CN", { source: "enriched", from: "工商信息" })).toContain("由“工商信息”补全 · 王伟");
    expect(text("en", { source: "enriched" })).toContain("Enriched from outside");
    expect(text("en", { source: "merged" })).toBe("Came with a merged record · 王伟 · 2026-11-03");
  });

  it("says by whom and when where nobody knows how any more", () => {
    expect(text("en", { source: null })).toBe("王伟 · 2026-11-03");
    expect(text("zh-CN", { actor: { id: "1", label: null } })).toContain("手工录入");
  });
});
