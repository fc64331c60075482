import type { Page } from "@playwright/test";
import { createRecord } from "../support/api.ts";
import { choose, saved, toast, uniqueName } from "../support/screens.ts";
import { type Me, signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

async function openAccount(
  page: Page,
  values: Record<string, unknown> = {},
): Promise<{ me: Me; id: string; name: string }> {
  const me = await signIn(page, "sales");
  const name = uniqueName("记录测试");
  const account = await createRecord(page, me, "account", { name, kind: "company", ...values });
  await page.goto(`/r/account/${account.id}`);
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  return { me, id: account.id, name };
}

test("a record shows its facts, what belongs to it and what happened", async ({ page }) => {
  const { me, id } = await openAccount(page, { level: "a", phone: "021 6888 1234" });
  await createRecord(page, me, "contact", { name: { family: "欧阳", given: "小溪" }, account: id, title: "采购经理" });
  await createRecord(page, me, "opportunity", { name: "一号线改造", account: id, close_date: "2030-05-01" });
  await page.reload();
  const facts = page.locator(".gx-facts");
  await expect(facts).toContainText("客户级别");
  await expect(facts).toContainText("021-6888 1234");
  await page.getByRole("tab", { name: /联系人/ }).click();
  await expect(page.getByRole("tabpanel")).toContainText("欧阳小溪");
  await expect(page).toHaveURL(/tab=contact/);
  await page.getByRole("tab", { name: /^商机/ }).click();
  await expect(page.getByRole("tabpanel")).toContainText("一号线改造");
  await expect(page.getByRole("complementary", { name: "时间线" })).toContainText("新建");
});

test("a call is logged in place and stands on the timeline at once", async ({ page }) => {
  await openAccount(page);
  await page.keyboard.press("c");
  const text = page.getByRole("textbox", { name: "通话" });
  await expect(text).toBeFocused();
  await text.fill("确认了下周的演示\n带上新款传感器");
  await text.press("Control+Enter");
  await expect(toast(page, "已记录：通话")).toBeVisible();
  const entry = page.locator(".gx-entry").filter({ hasText: "确认了下周的演示" });
  await expect(entry).toHaveCount(1);
  await expect(entry).toContainText("带上新款传感器");
  await page.reload();
  await expect(entry).toHaveCount(1);
});

test("a visit asks how it was made, keeps what was typed, and knows it the next time", async ({ page }) => {
  const { id } = await openAccount(page);
  await page.keyboard.press("v");
  const text = page.getByRole("textbox", { name: "拜访" });
  await expect(text).toBeFocused();
  await text.fill("看了二号车间\n下周报价");
  await text.press("Control+Enter");
  const log = page.locator(".gx-log");
  await expect(log.getByRole("alert")).toContainText("请填写拜访方式");
  await expect(text).toHaveValue("看了二号车间\n下周报价");
  await log.locator("#log-visit_method").click();
  await choose(page, "上门拜访");
  const logged = saved(page, "POST", "/records/activity");
  await page.getByRole("button", { name: "记录", exact: true }).click();
  await logged;
  await expect(toast(page, "已记录：拜访")).toBeVisible();
  const entry = page.locator(".gx-entry").filter({ hasText: "看了二号车间" });
  await expect(entry).toHaveCount(1);
  await expect(entry).toContainText("下周报价");
  const found = await page.request.get("/api/v1/records/activity", { params: { filter: `account == "${id}"` } });
  expect((await found.json()).items).toMatchObject([{ kind: "visit", visit_method: "door_visit", status: "done" }]);

  // The method is usually what it was the last time.
  await page.getByRole("toolbar", { name: "快速记录" }).getByRole("button", { name: "拜访" }).click();
  await expect(log).toContainText("上门拜访");
});

test("a task is put down with its day, stands above what has happened, and is ticked off there", async ({ page }) => {
  const { id } = await openAccount(page);
  await page.keyboard.press("t");
  const text = page.getByRole("textbox", { name: "任务" });
  await expect(text).toBeFocused();
  await text.press("Control+Enter");
  await expect(page.locator(".gx-log").getByRole("alert")).toContainText("请写一句内容");
  await text.fill("寄出样品");
  const due = page.locator("#log-due_at");
  await due.fill("2030-05-06 09:30");
  await due.press("Enter");
  const logged = saved(page, "POST", "/records/activity");
  await text.press("Control+Enter");
  await logged;
  await expect(toast(page, "已记录：任务")).toBeVisible();
  const entry = page.locator(".gx-entry").filter({ hasText: "寄出样品" });
  await expect(entry).toHaveCount(1);
  await expect(page.locator(".gx-entry").first()).toContainText("寄出样品");
  const read = async () => {
    const found = await page.request.get("/api/v1/records/activity", { params: { filter: `account == "${id}"` } });
    const [task] = (await found.json()).items;
    return [task.kind, task.status, new Date(task.due_at).toISOString()];
  };
  expect(await read()).toEqual(["task", "open", "2030-05-06T01:30:00.000Z"]);
  await entry.getByRole("button", { name: "标为完成" }).click();
  await expect.poll(read).toEqual(["task", "done", "2030-05-06T01:30:00.000Z"]);
});

test("a logged call is taken back from its message", async ({ page }) => {
  await openAccount(page);
  await page.getByRole("toolbar", { name: "快速记录" }).getByRole("button", { name: "通话" }).click();
  await page.getByRole("textbox", { name: "通话" }).fill("打错了的电话");
  await page.getByRole("button", { name: "记录", exact: true }).click();
  const entry = page.locator(".gx-entry[data-kind=activity]").filter({ hasText: "打错了的电话" });
  await expect(entry).toHaveCount(1);
  await toast(page, "已记录")
    .getByRole("button", { name: /撤\s*销/ })
    .click();
  await expect(entry).toHaveCount(0);
});

test("a value is changed where it stands, and changed back", async ({ page }) => {
  const { id } = await openAccount(page, { short_name: "原来的" });
  const value = page.locator(".gx-overview .gx-inline, .gx-inline").filter({ hasText: "简称" }).first();
  await value.getByRole("button", { name: "编辑简称" }).click();
  const input = page.locator(".gx-inline-editor input");
  await input.fill("改过的");
  await input.press("Enter");
  await expect(toast(page, "已保存：简称")).toBeVisible();
  await expect(value).toContainText("改过的");
  await toast(page, "已保存：简称")
    .getByRole("button", { name: /撤\s*销/ })
    .click();
  await expect(toast(page, "已撤销")).toBeVisible();
  await expect(value).toContainText("原来的");
  const now = await (await page.request.get(`/api/v1/records/account/${id}`)).json();
  expect(now.short_name).toBe("原来的");
});

test("Escape leaves a value as it was, and a bad one says why and stays", async ({ page }) => {
  await openAccount(page, { email: "old@example.com" });
  const value = page.locator(".gx-inline").filter({ hasText: "公司邮箱" }).first();
  await value.getByRole("button", { name: "编辑公司邮箱" }).click();
  const input = page.locator(".gx-inline-editor input");
  await input.fill("not an address");
  await input.press("Enter");
  await expect(page.getByText("邮箱格式不对")).toBeVisible();
  await expect(input).toHaveValue("not an address");
  await input.press("Escape");
  await expect(value).toContainText("old@example.com");
});

test("two people change one field: the second is shown both values and decides", async ({ page, browser, baseURL }) => {
  const { id, name } = await openAccount(page, { short_name: "最初" });
  const other = await browser.newContext({ baseURL, locale: "zh-CN" });
  const theirs = await other.newPage();
  await signIn(theirs, "salesmanager", `/r/account/${id}`);
  await expect(theirs.getByRole("heading", { level: 1, name })).toBeVisible();

  const open = async (who: Page, text: string) => {
    await who.locator(".gx-inline").getByRole("button", { name: "编辑简称" }).click();
    await who.locator(".gx-inline-editor input").fill(text);
  };
  // Both write before either saves: what is saved before one begins is seen at once, and nobody need be asked.
  await open(page, "销售改的");
  await open(theirs, "经理改的");
  await theirs.locator(".gx-inline-editor input").press("Enter");
  await expect(toast(theirs, "已保存：简称")).toBeVisible();
  await page.locator(".gx-inline-editor input").press("Enter");
  const dialog = page.getByRole("dialog", { name: "已有他人修改" });
  await expect(dialog).toContainText("经理改的");
  await expect(dialog).toContainText("销售改的");
  const written = saved(page, "PATCH", `/records/account/${id}`);
  await dialog.getByRole("button", { name: "用我的值覆盖" }).click();
  await written;
  await theirs.reload();
  await expect(theirs.locator(".gx-inline").filter({ hasText: "简称" }).first()).toContainText("销售改的");
  await other.close();
});

test("two people change different fields: both changes stay, nobody is asked", async ({ page, browser, baseURL }) => {
  const { id } = await openAccount(page, { short_name: "最初", email: "a@example.com" });
  const other = await browser.newContext({ baseURL });
  const theirs = await other.newPage();
  const me = await signIn(theirs, "salesmanager");
  const answer = await theirs.request.patch(`/api/v1/records/account/${id}`, {
    data: { email: "b@example.com" },
    headers: { "X-CSRF-Token": me.csrf_token },
  });
  expect(answer.status(), await answer.text()).toBe(200);
  await page.locator(".gx-inline").getByRole("button", { name: "编辑简称" }).click();
  await page.locator(".gx-inline-editor input").fill("后来");
  await page.locator(".gx-inline-editor input").press("Enter");
  await expect(toast(page, "已保存：简称")).toBeVisible();
  const now = await (await page.request.get(`/api/v1/records/account/${id}`)).json();
  expect([now.short_name, now.email]).toEqual(["后来", "b@example.com"]);
  await other.close();
});
