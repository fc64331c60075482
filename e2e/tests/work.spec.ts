import { expectAccessible } from "../support/accessibility.ts";
import { createRecord } from "../support/api.ts";
import { choose, saved, uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("a customer is handed over to service, who sees it, accepts it and is done with it", async ({
  page,
  browser,
  baseURL,
}) => {
  test.setTimeout(120_000);
  const me = await signIn(page, "sales");
  const account = await createRecord(page, me, "account", { name: uniqueName("交接客户") });
  const colleague = await browser.newContext(baseURL ? { baseURL, locale: "zh-CN" } : {});
  const other = await colleague.newPage();
  const service = await signIn(other, "service", "/home");

  await page.goto(`/r/account/${account.id}`);
  await page.getByRole("button", { name: "更多" }).first().click();
  await page.getByRole("menuitem", { name: "交接", exact: true }).click();
  const form = page.getByRole("dialog", { name: "交接" });
  await form.getByRole("textbox", { name: "已知情况" }).fill("合同已签，首付款到账");
  await form.getByRole("textbox", { name: "已作承诺" }).fill("两周内装机");
  await form.getByRole("combobox", { name: "接收人" }).fill(service.user.name);
  await choose(page, service.user.name);
  await expectAccessible(page);
  await form.getByRole("textbox", { name: "最晚完成" }).fill("2027-12-31 18:00");
  await form.getByRole("textbox", { name: "最晚完成" }).press("Enter");
  const offered = saved(page, "POST", "/actions/offer_handover");
  await form.getByRole("button", { name: /交\s*接/ }).click();
  await offered;
  await expect(form).toHaveCount(0);

  // The receiver is told, finds it among his own work, and takes it from there.
  await expect(other.getByText(`向您交接“${account.name}”`).first()).toBeVisible({ timeout: 30_000 });
  await other.goto("/my-work?tab=referrals&view=to_me");
  const row = other.getByRole("listitem").filter({ hasText: String(account.name) });
  await expectAccessible(other);
  await row.getByRole("button", { name: /接\s*受/ }).click();
  const dialog = other.getByRole("dialog", { name: "接受" });
  await dialog.getByRole("textbox", { name: "答复" }).fill("周五上门");
  const accepted = saved(other, "POST", "/actions/accept");
  await dialog.getByRole("button", { name: /接\s*受/ }).click();
  await accepted;
  await other.goto("/my-work?tab=referrals&view=mine");
  await row
    .getByRole("link", { name: String(account.name) })
    .first()
    .click();
  await expect(other.getByText("两周内装机").first()).toBeVisible();
  await other.goto(`/r/account/${account.id}`);
  await expect(other.locator(".gx-facts")).toContainText(service.user.name);
  // The way it went stands on its page, with how long it took.
  await expect(other.getByRole("region", { name: "交接经过" })).toContainText("已接受");
  await colleague.close();

  // Who handed it over learns of the answer.
  await expect(page.getByText(`接受了“${account.name}”`).first()).toBeVisible({ timeout: 30_000 });
});

test("a task somebody gave is accepted, its checklist ticked and added to", async ({ page }) => {
  const manager = await signIn(page, "salesmanager");
  const seller = await page.request
    .get("/api/v1/records/user", { params: { filter: 'email == "sales@xinghe.example"' } })
    .then((answer) => answer.json());
  const subject = uniqueName("准备样机");
  const task = await createRecord(page, manager, "activity", { subject, kind: "task", owner: seller.items[0].id });
  await createRecord(page, manager, "checklist_item", { task: task.id, text: "确认型号" });

  await signIn(page, "sales", "/my-work?view=to_accept");
  const row = page.getByRole("listitem").filter({ hasText: subject });
  const accepted = saved(page, "POST", "/actions/accept");
  await row.getByRole("button", { name: /接\s*受/ }).click();
  await accepted;
  await expect(row).toHaveCount(0);
  await page.goto(`/r/activity/${task.id}?tab=checklist_item.task`);
  const ticked = saved(page, "PATCH", "/records/checklist_item/");
  await page.getByRole("checkbox", { name: "确认型号" }).check();
  await ticked;
  const box = page.getByRole("textbox", { name: "添加一项，按回车" });
  await box.fill("预约物流");
  const added = saved(page, "POST", "/records/checklist_item");
  await box.press("Enter");
  await added;
  await expect(page.getByRole("checkbox", { name: "预约物流" })).toBeVisible();
  await expect(page.getByText("1 / 2")).toBeVisible();
  await expect(box).toBeFocused();
  await expectAccessible(page);
});
