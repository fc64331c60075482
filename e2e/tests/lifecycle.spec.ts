import { readFile } from "node:fs/promises";
import { changeRecord, createRecord } from "../support/api.ts";
import { uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("the lifecycle analysis counts a move, opens down to it and saves its table", async ({ page }) => {
  const me = await signIn(page, "sales");
  const account = await createRecord(page, me, "account", { name: uniqueName("周期客户"), kind: "company" });
  await changeRecord(page, me, "account", account.id, { lifecycle: "convert" });
  await changeRecord(page, me, "account", account.id, { lifecycle: "lost" });

  await page.goto("/home");
  await page.getByRole("navigation", { name: "主导航" }).getByRole("link", { name: "生命周期分析" }).click();
  const moves = page.getByRole("region", { name: "阶段间转移", exact: true });
  await expect(moves.getByRole("img", { name: /阶段间转移的图表/ }).locator("svg")).toBeVisible();
  const row = moves.getByRole("row", { name: /^转化/ });
  const total = await row.getByRole("link").last().textContent();

  const downloading = page.waitForEvent("download");
  await moves.getByRole("button", { name: "导出 CSV: 阶段间转移" }).click();
  const lines = (await readFile(await (await downloading).path(), "utf8")).split("\r\n");
  expect(lines[0]).toContain("从,到获取,到转化");
  expect(lines.some((line) => line.startsWith("转化,") && line.endsWith(`,${total}`))).toBe(true);

  await row.getByRole("link").last().click();
  await expect(page.getByRole("heading", { level: 1, name: "生命周期变动" })).toBeVisible();
  await expect(page.getByText(`${total} 条`, { exact: true })).toBeVisible();
});

test("what is looked at is in the address, and under everybody's rights", async ({ page }) => {
  const me = await signIn(page, "sales", "/analysis/lifecycle?period=year");
  const own = page.locator(".gx-analysis-tiles > div").filter({ hasText: "在管客户" });
  await expect(own.getByRole("link")).toBeVisible();
  await page.goto(`/analysis/lifecycle?owner=${me.user.id}&period=month`);
  const standing = page.getByRole("region", { name: "各阶段客户", exact: true });
  const link = standing.getByRole("row", { name: /^获取/ }).getByRole("link").first();
  const count = await link.textContent();
  await link.click();
  await expect(page.getByRole("heading", { level: 1, name: "客户" })).toBeVisible();
  await expect(page.getByText(`${count} 条`, { exact: true })).toBeVisible();

  // A partner sees hardly anything: nothing breaks, and nothing of others is counted.
  await signIn(page, "partner", "/analysis/lifecycle");
  await expect(page.getByRole("main")).toBeVisible();
  await page.waitForLoadState("networkidle");
  await expect(page.getByRole("alert")).toHaveCount(0);
});
