import type { Audience, SharingRule } from "@/api/rights";
import { freeName } from "./role-draft";

export const AUDIENCE = ["roles", "departments", "teams", "members"] as const;

/** Whether anybody is named at all. */
export function hasAudience(audience: Audience): boolean {
  return AUDIENCE.some((kind) => (audience[kind]?.length ?? 0) > 0);
}

export function newSharingRule(taken: string[]): SharingRule {
  return { name: freeName("share", taken), label: { "zh-CN": "", en: "" }, object: "", when: "", with: {} };
}

/** Whether there is enough to ask the server about. */
export function isComplete(rule: SharingRule): boolean {
  const named = rule.label["zh-CN"].trim() !== "" || rule.label.en.trim() !== "";
  return named && rule.object !== "" && rule.when.trim() !== "" && hasAudience(rule.with);
}

/** The rule as it is sent: one language borrows the other's name, and empty lists are left out. */
export function tidyRule(rule: SharingRule): SharingRule {
  const [zh, en] = [rule.label["zh-CN"].trim(), rule.label.en.trim()];
  const named = AUDIENCE.filter((kind) => (rule.with[kind]?.length ?? 0) > 0);
  return {
    ...rule,
    label: { "zh-CN": zh || en, en: en || zh },
    with: Object.fromEntries(named.map((kind) => [kind, rule.with[kind]])),
  };
}
