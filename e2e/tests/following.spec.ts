import { createRecord, waitUntilFound } from "../support/api.ts";
import { toast, uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("a view that is followed tells of what comes into it, and leads there", async ({ page, browser, baseURL }) => {
  test.setTimeout(90_000);
  const me = await signIn(page, "sales");
  const name = uniqueName("关注的视图");
  const word = uniqueName("新客户");
  const config = { columns: [], filter: `name.contains("${word}")`, sort: "name" };
  const view = await createRecord(page, me, "saved_view", { name, object_name: "account", config });
  await page.goto(`/o/account?view=saved:${view.id}`);
  await page.locator(".gx-view-button").click();
  await page.getByRole("menuitem", { name: "关注此视图，有新记录时通知我" }).click();
  await expect(toast(page, "已关注，有新记录进入此视图时会通知您")).toBeVisible();

  const colleague = await browser.newContext(baseURL ? { baseURL, locale: "zh-CN" } : {});
  const other = await colleague.newPage();
  const them = await signIn(other, "salesmanager");
  await createRecord(other, them, "account", { name: `${word}一`, owner: me.user.id });
  await colleague.close();

  const sentence = `您关注的视图“${name}”有 1 条新记录`;
  await expect(page.getByText(sentence).first()).toBeVisible({ timeout: 30_000 });
  await page.goto("/notifications");
  await page
    .getByRole("button", { name: new RegExp(sentence) })
    .first()
    .click();
  await expect(page).toHaveURL(new RegExp(`/o/account\\?view=saved(:|%3A)${view.id}`));
  await expect(page.getByText(`${word}一`).first()).toBeVisible();
  await page.locator(".gx-view-button").click();
  await page.getByRole("menuitem", { name: "不再关注此视图" }).click();
  await expect(toast(page, "已不再关注此视图")).toBeVisible();
});

test("the search box takes operators and finds what was said, and a field tells where its value comes from", async ({
  page,
}) => {
  const me = await signIn(page, "sales");
  const account = await createRecord(page, me, "account", { name: uniqueName("搜索客户"), level: "a" });
  const said = uniqueName("预算三百万");
  await createRecord(page, me, "comment", {
    target: { object: "account", id: account.id },
    body: `<p>${said}</p>`,
  });
  await waitUntilFound(page, said);
  await page.goto("/home");
  await expect(page.getByRole("navigation", { name: "主导航" })).toBeVisible();
  await page.keyboard.press("Control+k");
  const box = page.getByRole("combobox", { name: "搜索与命令" });
  await box.fill(`对象：客户 ${account.name}`);
  await expect(page.getByRole("option", { name: new RegExp(String(account.name)) }).first()).toBeVisible();
  await box.fill(said);
  await page
    .getByRole("option", { name: new RegExp(said) })
    .first()
    .click();
  await expect(page).toHaveURL(new RegExp(`/r/account/${account.id}.*comment=`));
  await expect(page.locator(".gx-comment[data-sought]")).toContainText(said);

  await page.goto(`/r/account/${account.id}?tab=overview`);
  await page.locator(".gx-inline-label").filter({ hasText: "客户级别" }).locator("span").first().hover();
  await expect(page.getByRole("tooltip")).toContainText("手工录入");
});
