import { expectAccessible } from "../support/accessibility.ts";
import { createRecord, waitUntilFound } from "../support/api.ts";
import { overflow, saved, searchList, uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("nothing is wider than the phone", async ({ page }) => {
  const me = await signIn(page, "salesmanager");
  const account = await createRecord(page, me, "account", { name: uniqueName("手机"), kind: "company" });
  const other = await createRecord(page, me, "account", { name: uniqueName("另一部手机"), kind: "company" });
  for (const path of [
    "/home",
    "/o/account",
    `/r/account/${account.id}`,
    "/o/opportunity/board",
    "/o/activity/calendar",
    "/workload",
    "/analysis/sales",
    "/analysis/targets",
    "/analysis/pools",
    "/analysis/lifecycle",
    "/ownership",
    "/o/pool_rule/new",
    "/o/account/new",
    "/duplicates/contact",
    `/merge/account?ids=${account.id},${other.id}`,
    "/profile",
  ]) {
    await page.goto(path);
    await expect(page.getByRole("main")).toBeVisible();
    await page.waitForLoadState("networkidle");
    expect(await overflow(page), path).toBeLessThanOrEqual(0);
  }
});

test("a customer is found, opened and a call logged with a thumb", async ({ page }) => {
  const me = await signIn(page, "sales");
  const name = uniqueName("拇指");
  await createRecord(page, me, "account", { name, kind: "company" });
  await waitUntilFound(page, name);
  await page.goto("/o/account");
  await searchList(page, name);
  await page.getByRole("link", { name }).tap();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await page.getByRole("button", { name: "快速记录" }).tap();
  await page.getByRole("textbox", { name: "通话" }).fill("在路上打的电话");
  await page.getByRole("button", { name: "记录", exact: true }).tap();
  await expect(page.locator(".gx-entry").filter({ hasText: "在路上打的电话" })).toHaveCount(1);
});

test("an address is chosen from the bottom of the phone, and new is a page", async ({ page }) => {
  await signIn(page, "sales", "/o/account");
  await page.getByRole("link", { name: "新建客户" }).tap();
  await expect(page).toHaveURL(/\/o\/account\/new/);
  const address = page.locator('[data-field="address"]');
  await address.getByRole("button", { name: "省 / 市 / 区县" }).tap();
  const sheet = page.getByRole("dialog", { name: "省 / 市 / 区县" });
  await sheet.getByRole("textbox").fill("pudong");
  await sheet.getByRole("button", { name: "上海市 / 浦东新区" }).tap();
  await expect(sheet).toBeHidden();
  await expect(address).toContainText("上海市 / 浦东新区");
  expect(await overflow(page)).toBeLessThanOrEqual(0);
});

test("the board shows one stage at a time, and a card's menu moves it", async ({ page }) => {
  const me = await signIn(page, "sales");
  const name = uniqueName("手机商机");
  const account = await createRecord(page, me, "account", { name: `${name}客户`, kind: "company" });
  await createRecord(page, me, "opportunity", { name, account: account.id, close_date: "2030-01-31" });
  await page.goto(`/o/opportunity/board?filter=${encodeURIComponent(`account == '${account.id}'`)}`);
  const card = page.locator(".gx-card").filter({ hasText: name });
  await expect(card).toBeVisible();
  await card.getByRole("button", { name: `“${name}”的操作` }).tap();
  const written = saved(page, "POST", "/change_stage");
  await page.getByRole("menuitem", { name: "方案验证" }).tap();
  await written;
  await expect(card).toHaveCount(0);
  await page.getByRole("tab", { name: /方案验证/ }).tap();
  await expect(card).toBeVisible();
});

for (const [name, path] of [
  ["list", "/o/account"],
  ["board", "/o/opportunity/board"],
  ["calendar", "/o/activity/calendar"],
  ["home", "/home"],
] as const) {
  test(`${name} is accessible on a phone`, async ({ page }) => {
    await signIn(page, "salesmanager", path);
    await expect(page.getByRole("main")).toBeVisible();
    await page.waitForLoadState("networkidle");
    await expectAccessible(page);
  });
}
