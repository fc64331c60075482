import { expectAccessible } from "../support/accessibility.ts";
import { createRecord } from "../support/api.ts";
import { choose, overflow, uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("a customer's timeline tells of its contacts and deals, and is narrowed by kind", async ({ page }) => {
  const me = await signIn(page, "sales");
  const account = await createRecord(page, me, "account", { name: uniqueName("时间线客户") });
  const contact = await createRecord(page, me, "contact", { name: "欧阳明", account: account.id });
  const name = uniqueName("产线改造");
  const deal = await createRecord(page, me, "opportunity", { name, account: account.id, close_date: "2031-12-31" });
  await createRecord(page, me, "activity", { subject: "微信确认报价", kind: "message", opportunity: deal.id });
  await createRecord(page, me, "activity", { subject: "电话跟进", kind: "call", opportunity: deal.id });
  for (const [object, id, body] of [
    ["opportunity", deal.id, "客户要求分两期付款"],
    ["contact", contact.id, "他下月调去总部"],
  ]) {
    await createRecord(page, me, "comment", { target: { object, id }, body: `<p>${body}</p>` });
  }
  const moved = await page.request.post(`/api/v1/records/opportunity/${deal.id}/actions/change_stage`, {
    data: { stage: "need_confirmed" },
    headers: { "X-CSRF-Token": me.csrf_token },
  });
  expect(moved.ok(), await moved.text()).toBe(true);

  await page.goto(`/r/account/${account.id}`);
  const entries = page.locator(".gx-timeline .gx-entry");
  const filter = page.getByRole("radiogroup", { name: "筛选时间线" }).or(page.getByLabel("筛选时间线")).first();
  await expect(entries.filter({ hasText: "客户要求分两期付款" })).toContainText(`评论于“${name}”`);
  await expect(entries.filter({ hasText: "他下月调去总部" })).toHaveCount(1);
  await expectAccessible(page);

  await filter.getByText("阶段", { exact: true }).click();
  await expect(entries.first()).toContainText("需求明确");
  await expect(entries.first().getByRole("link", { name })).toBeVisible();

  // Beside these stand the tasks that the process planned for the stage.
  await filter.getByText("活动", { exact: true }).click();
  await expect(entries.filter({ hasText: "客户要求分两期付款" })).toHaveCount(0);
  await expect(entries.filter({ hasText: /电话跟进|微信确认报价/ })).toHaveCount(2);
  await page.getByRole("combobox", { name: "活动类型" }).click();
  await choose(page, "消息");
  await expect(entries).toHaveCount(1);
  await expect(entries.first()).toContainText("微信确认报价");

  await filter.getByText("评论", { exact: true }).click();
  await expect(entries).toHaveCount(2);
  await entries.filter({ hasText: "客户要求分两期付款" }).getByRole("link").first().click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();

  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`/r/account/${account.id}?tab=timeline`);
  await expect(entries.first()).toBeVisible();
  expect(await overflow(page)).toBeLessThanOrEqual(0);
});
