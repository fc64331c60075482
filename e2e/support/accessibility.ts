import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** Fails when the page breaks a WCAG 2.2 A or AA rule that axe can check. */
export async function expectAccessible(page: Page): Promise<void> {
  const found = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    .analyze();
  const broken = found.violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map((node) => node.target) }));
  expect(broken, "accessibility rules broken").toEqual([]);
}
