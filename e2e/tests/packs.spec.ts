import { expectAccessible } from "../support/accessibility.ts";
import { createRecord, listOf } from "../support/api.ts";
import { uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("the property pack is installed, worked with, and removed after the warning", async ({ page }) => {
  const me = await signIn(page, "admin", "/settings/packs");
  const card = page.getByRole("article", { name: "房地产" });
  await expect(card).toContainText("未安装");
  await card.getByRole("button", { name: "安装行业包" }).click();
  const install = page.getByRole("dialog", { name: "安装行业包" });
  await expect(install).toContainText("房源、");
  await expect(install).toContainText("客户的字段");
  await expectAccessible(page);
  await install.getByRole("button", { name: /安\s*装/ }).click();
  await expect(install).toBeHidden();
  await expect(card).toContainText("已安装");

  // Its objects are in the navigation at once, without a reload.
  await page.getByRole("navigation").getByRole("link", { name: /^项目/ }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: "项目" })).toBeVisible();
  const name = uniqueName("云庭");
  const project = await createRecord(page, me, "property_project", { name, status: "selling" });
  const account = await createRecord(page, me, "account", { name: `${name}客户`, kind: "person" });
  const visit = await createRecord(page, me, "property_visit", {
    project: project.id,
    account: account.id,
    intention: "a",
  });
  await page.goto(listOf("property_visit", visit));
  await expect(page.locator(".gx-row[role=row]")).toHaveCount(1);
  await expect(page.locator(".gx-row[role=row]")).toContainText(`${name}客户`);
  await page.goto(`/r/account/${account.id}`);
  await expect(page.getByRole("main")).toContainText("购房需求");
  await page.getByRole("tab", { name: /来访/ }).first().click();
  await expect(page.getByRole("tabpanel")).toContainText(String(visit.number));

  await page.goto("/settings/packs");
  await card.getByRole("button", { name: "移除行业包" }).click();
  const remove = page.getByRole("dialog", { name: "移除行业包" });
  await expect(remove).toContainText("对象 来访：1 条记录");
  await expect(remove.getByRole("button", { name: /移\s*除/ })).toBeDisabled();
  await remove.getByRole("checkbox", { name: /我确认丢弃/ }).check();
  await remove.getByRole("button", { name: /移\s*除/ }).click();
  await expect(remove).toBeHidden();
  await expect(card).toContainText("未安装");
  await page.goto(`/r/account/${account.id}`);
  await expect(page.getByRole("heading", { level: 1, name: `${name}客户` })).toBeVisible();
  await expect(page.getByRole("main")).not.toContainText("购房需求");
});
