import { describe, expect, it } from "vitest";
import { audit as zh } from "@/i18n/zh-CN/audit";
import { AUDIT_VERBS, isKnownVerb, toAuditSearch } from "./audit-search";

describe("what is looked for in the audit log", () => {
  it("counts days as the viewer's wall does, the last one whole", () => {
    expect(toAuditSearch({ from: "2026-11-01", to: "2026-11-02", verb: "export" }, "Asia/Shanghai")).toEqual({
      verb: "export",
      from: "2026-10-31T16:00:00Z",
      until: "2026-11-02T16:00:00Z",
    });
  });

  it("leaves out a day that is none", () => {
    expect(toAuditSearch({ from: "yesterday", to: "2026-13-40" }, "UTC")).toEqual({});
  });

  it("has a word for everything it offers, once", () => {
    expect(new Set(AUDIT_VERBS).size).toBe(AUDIT_VERBS.length);
    expect(Object.keys(zh.verbs).sort()).toEqual([...AUDIT_VERBS].sort());
    expect(isKnownVerb("lead.convert")).toBe(false);
  });
});
