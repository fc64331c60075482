import { createRecord, waitUntilFound } from "../support/api.ts";
import { row, searchList } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

const company = "鑫源翡翠轴承有限公司";

test("a customer is found with Ctrl-K, by name, by pinyin and by its initials", async ({ page }) => {
  const me = await signIn(page, "sales", "/home");
  await createRecord(page, me, "account", { name: company, kind: "company" });
  await waitUntilFound(page, company);
  for (const words of ["翡翠轴承", "feicui", "xyfczc"]) {
    await expect(page.getByRole("main")).toBeVisible();
    await page.keyboard.press("Control+k");
    const box = page.getByRole("combobox", { name: "搜索与命令" });
    await box.fill(words);
    const hit = page.getByRole("option").filter({ hasText: company });
    await expect(hit.first(), words).toBeVisible();
    await box.press("Enter");
    await expect(page.getByRole("heading", { level: 1, name: company }), words).toBeVisible();
  }
});

test("the palette also goes to places, and says when nothing is found", async ({ page }) => {
  await signIn(page, "sales", "/home");
  await page.getByRole("button", { name: /搜索客户、联系人/ }).click();
  const box = page.getByRole("combobox", { name: "搜索与命令" });
  await box.fill("zzqqxx");
  await expect(page.getByText("没有找到“zzqqxx”")).toBeVisible();
  await box.fill("产品");
  await page.getByRole("option", { name: "产品", exact: true }).click();
  await expect(page).toHaveURL(/\/o\/product/);
});

test("the list's search follows the typing, in Chinese and in pinyin", async ({ page }) => {
  const me = await signIn(page, "sales", "/home");
  const name = "梧桐琥珀仪表厂";
  await createRecord(page, me, "account", { name, kind: "company" });
  await waitUntilFound(page, name);
  await page.goto("/o/account");
  for (const words of ["琥珀仪表", "hupo", "wthp"]) {
    await searchList(page, words);
    await expect(row(page, name), words).toBeVisible();
    await expect(page.locator(".gx-row[role=row]"), words).toHaveCount(1);
  }
  await searchList(page, "没有这样的客户");
  await expect(page.getByText("没有符合条件的客户")).toBeVisible();
  await page.getByRole("button", { name: "清除筛选与搜索" }).click();
  await expect(page.locator(".gx-row[role=row]").nth(5)).toBeVisible();
});
