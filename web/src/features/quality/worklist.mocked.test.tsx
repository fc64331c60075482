import { fireEvent, render, screen } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import type { QualityObject } from "@/api/quality";
import type { ObjectMeta } from "@/api/types";
import { activateLateTexts, activateLocale } from "@/i18n/i18n";
import type { QualitySearch } from "./model";
import { Worklist } from "./worklist";

const items = ["甲", "乙"].map((name) => ({ record: { id: name, version: 1, name }, score: 50, findings: [] }));
vi.mock("./use-quality", () => ({
  useSummary: () => ({ data: { by_rule: [] } }),
  useWorklist: () => ({ data: { pages: [{ items, rules: [], count: { value: 2, exact: true } }] } }),
}));
vi.mock("./work-filters", () => ({ WorkFilters: () => null }));
vi.mock("@/fields/record-link", () => ({ RecordLink: ({ children }: { children: React.ReactNode }) => children }));

const object = {
  name: "account",
  title_field: "name",
  label: { "zh-CN": "客户", en: "Account" },
  fields: [{ name: "name", type: "text" }],
} as unknown as ObjectMeta;

beforeEach(async () => {
  await activateLocale("zh-CN");
  await activateLateTexts();
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
});

it("ticks nothing any more when something else is looked at", () => {
  const drawn = (search: QualitySearch) => (
    <Worklist
      object={object}
      chosen={{ object: "account", may_fix: true } as QualityObject}
      kind="wrong"
      search={search}
      onChange={() => {}}
    />
  );
  const { rerender } = render(drawn({ severity: "high" }));
  fireEvent.click(screen.getByRole("checkbox", { name: "甲" }));
  expect(screen.getByRole("checkbox", { name: "甲" })).toBeChecked();
  rerender(drawn({ severity: "low" }));
  expect(screen.getByRole("checkbox", { name: "甲" })).not.toBeChecked();
  expect(screen.queryByRole("button", { name: /所选/ })).toBeNull();
});
