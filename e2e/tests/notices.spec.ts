import { expectAccessible } from "../support/accessibility.ts";
import { createRecord } from "../support/api.ts";
import { another } from "../support/live.ts";
import { saved, uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("a notice that must be read asks until it is confirmed, and its author sees who has not", async ({
  page,
  browser,
  server,
}) => {
  const author = await another(browser, server.url, "salesmanager");
  const reader = await signIn(page, "trainer", "/home");
  const title = uniqueName("安全须知");
  const banner = page.getByRole("region", { name: "请阅读并确认：" });
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(banner).toBeHidden();

  // It comes without a reload, and stays on every page.
  const notice = await createRecord(author.page, author.me, "notice", {
    title,
    body: "<p>进入现场须戴安全帽。</p>",
    roles: ["trainer"],
    must_read: true,
  });
  await expect(banner.getByRole("link", { name: title })).toBeVisible();
  await expectAccessible(page);
  await author.page.goto(`/r/notice/${notice.id}?tab=notice_receipt.notice`);
  const missing = author.page.locator(".gx-missing");
  await expect(missing).toContainText("1 人中 0 人已确认");
  await expect(missing.getByRole("link", { name: reader.user.name })).toBeVisible();
  const reminded = saved(author.page, "POST", `/records/notice/${notice.id}/actions/remind`);
  await missing.getByRole("button", { name: "提醒 1 人" }).click();
  await reminded;
  await expectAccessible(author.page);

  await banner.getByRole("link", { name: title }).click();
  await expect(page.getByText("进入现场须戴安全帽。").first()).toBeVisible();
  await expect(banner).toBeVisible();
  await page.getByRole("button", { name: "我已阅读" }).click();
  await expect(banner).toBeHidden();
  // The author sees so as it happens.
  await expect(author.page.getByText("1 人全部已确认")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { name: title })).toBeVisible();
  await expect(banner).toBeHidden();
});
