import { choose, toast, uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("a view that is shared is used by a colleague, who cannot change it, and gone with its owner's no", async ({
  page,
  browser,
  baseURL,
}) => {
  await signIn(page, "salesmanager", `/o/account?view=all&filter=${encodeURIComponent("level == 'a'")}&sort=-name`);
  const name = uniqueName("共享重点");
  const own = uniqueName("自用");
  const saveAs = async (title: string, shared: boolean) => {
    await page.locator(".gx-view-button").click();
    await page.getByRole("menuitem", { name: "另存为视图…" }).click();
    const dialog = page.getByRole("dialog", { name: "另存为视图…" });
    await dialog.getByLabel("视图名称").fill(title);
    if (shared) await dialog.getByRole("checkbox", { name: "共享给同事" }).check();
    await dialog.getByRole("button", { name: /保\s*存/ }).click();
    await expect(toast(page, `视图“${title}”已保存`)).toBeVisible();
  };
  await saveAs(name, true);
  const shared = page.url();
  await saveAs(own, false);

  const other = await browser.newContext({ baseURL, locale: "zh-CN" });
  const theirs = await other.newPage();
  await signIn(theirs, "sales", "/o/account");
  await theirs.locator(".gx-view-button").click();
  const menu = theirs.getByRole("menu");
  await expect(menu.getByText("共享视图")).toBeVisible();
  await expect(menu.getByRole("menuitem", { name: own })).toHaveCount(0);
  await menu.getByRole("menuitem", { name }).click();
  await expect(theirs).toHaveURL(/view=saved/);
  await expect(theirs.locator(".gx-row[role=row]").first()).toBeVisible();
  await expect(theirs.getByRole("columnheader", { name: "客户名称" })).toHaveAttribute("aria-sort", "descending");

  // What the colleague changes stays with him: he may keep it as a view of his own, nothing else.
  await theirs.getByRole("button", { name: /^筛选/ }).click();
  await theirs.getByRole("button", { name: "添加条件" }).click();
  await theirs.locator(".gx-condition-field input").last().fill("客户类型");
  await choose(theirs, "客户类型");
  await theirs.locator(".gx-condition-value").last().click();
  await choose(theirs, "企业");
  await theirs.keyboard.press("Escape");
  await theirs.getByRole("button", { name: "应用筛选" }).click();
  await expect(theirs.locator(".gx-view-button")).toContainText("已修改");
  await theirs.locator(".gx-view-button").click();
  await expect(menu.getByRole("menuitem", { name: "另存为视图…" })).toBeVisible();
  for (const mine of ["保存更改", "重命名…", "删除视图"]) {
    await expect(menu.getByRole("menuitem", { name: mine })).toHaveCount(0);
  }

  // The link works for whoever gets it, until its owner removes the view.
  await theirs.goto(shared);
  await expect(theirs.locator(".gx-view-button")).toContainText(name);
  await page.goto(shared);
  await page.locator(".gx-view-button").click();
  await page.getByRole("menuitem", { name: "删除视图" }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /删\s*除/ })
    .click();
  await expect(toast(page, "视图已删除")).toBeVisible();
  await theirs.goto(shared);
  await expect(theirs.locator(".gx-row[role=row]").first()).toBeVisible();
  await expect(theirs.locator(".gx-view-button")).not.toContainText(name);
  await other.close();
});
