import type { Page } from "@playwright/test";
import { saved } from "../support/screens.ts";
import { type Me, signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

async function setPolicy(page: Page, me: Me, policy: Record<string, unknown>): Promise<void> {
  const answer = await page.request.patch("/api/v1/protection-policy", {
    data: policy,
    headers: { "X-CSRF-Token": me.csrf_token },
  });
  expect(answer.ok(), await answer.text()).toBe(true);
}

test("above the number an administrator set, an export asks why", async ({ page }) => {
  const me = await signIn(page, "admin", "/settings/protection");
  try {
    await page.getByRole("spinbutton", { name: "超过多少条需要填写理由" }).fill("1");
    const done = saved(page, "PATCH", "/protection-policy");
    await page.getByRole("button", { name: /保\s*存/ }).click();
    await done;
    await page.goto("/o/account");
    await page.getByRole("button", { name: "更多", exact: true }).click();
    await page.getByRole("menuitem", { name: /Excel/ }).click();
    const dialog = page.getByRole("dialog", { name: /^导出.+条记录$/ });
    await dialog.getByRole("button", { name: /导\s*出/ }).click();
    await expect(page.getByText("导出这么多记录需要填写理由")).toBeVisible();
    await dialog.getByRole("textbox", { name: "请填写导出理由" }).fill("季度盘点");
    const download = page.waitForEvent("download");
    await dialog.getByRole("button", { name: /导\s*出/ }).click();
    expect((await download).suggestedFilename()).toMatch(/^account-.+\.xlsx$/);
    await expect(dialog).toBeHidden();
    // More than may be taken out at once is not offered at all.
    await setPolicy(page, me, { export_most: 1 });
    await page.getByRole("button", { name: "更多", exact: true }).click();
    await page.getByRole("menuitem", { name: /Excel/ }).click();
    await expect(page.getByRole("dialog", { name: /超过可导出的条数/ })).toContainText("1条");
  } finally {
    await setPolicy(page, me, { export_reason_above: null, export_most: null });
  }
});
