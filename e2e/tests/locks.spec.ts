import { createRecord } from "../support/api.ts";
import { saved, uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("a manager locks a record, others are told by whom, and it is released again", async ({ page, browser }) => {
  const me = await signIn(page, "admin");
  const name = uniqueName("签约客户");
  const account = await createRecord(page, me, "account", { name, kind: "company" });
  await page.goto(`/r/account/${account.id}`);
  await page.getByRole("button", { name: "更多" }).first().click();
  await page.getByRole("menuitem", { name: "锁定…" }).click();
  const dialog = page.getByRole("dialog", { name: "锁定记录" });
  await dialog.getByLabel("锁定原因").fill("合同已签署");
  const locked = saved(page, "POST", `/records/account/${account.id}/lock`);
  await dialog.getByRole("button", { name: /锁\s*定/ }).click();
  await locked;
  const banner = page.getByRole("alert").filter({ hasText: "合同已签署" });
  await expect(banner).toContainText(`${me.user.name}已锁定此记录`);

  const context = await browser.newContext();
  const other = await context.newPage();
  await signIn(other, "analyst", `/r/account/${account.id}`);
  await expect(other.getByText(`${me.user.name}已锁定此记录：合同已签署`)).toBeVisible();
  await expect(other.getByRole("button", { name: "解锁", exact: true })).toHaveCount(0);
  await context.close();

  const refused = await page.request.patch(`/api/v1/records/account/${account.id}`, {
    headers: { "X-CSRF-Token": me.csrf_token },
    data: { level: "a" },
  });
  expect(refused.status()).toBe(409);
  const released = saved(page, "DELETE", `/records/account/${account.id}/lock`);
  await banner.getByRole("button", { name: /解\s*锁/ }).click();
  await released;
  await expect(page.getByText("已锁定此记录")).toHaveCount(0);
});

test("a post with its roles is made beside the roles, and its holders are found", async ({ page }) => {
  await signIn(page, "admin", "/settings/posts");
  const name = uniqueName("区域经理");
  await page.getByRole("button", { name: "新建岗位" }).click();
  const form = page.getByRole("dialog");
  const field = form.locator('[data-field="name"]').getByRole("textbox");
  await field.fill(name);
  const made = saved(page, "POST", "/records/job_post");
  await field.press("Control+Enter");
  await made;
  const line = page.getByRole("listitem").filter({ hasText: name });
  await expect(line).toContainText("没有角色 · 对所有记录有效");
  await line.getByRole("link", { name: "任职成员" }).click();
  await expect(page).toHaveURL(/\/o\/user/);
});
