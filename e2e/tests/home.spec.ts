import { expectAccessible } from "../support/accessibility.ts";
import { createRecord } from "../support/api.ts";
import { another } from "../support/live.ts";
import { saved, toast, uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

const HOUR_MS = 3_600_000;

test("what is due stands on the home page, is ticked off there, and taken back", async ({ page }) => {
  const me = await signIn(page, "trainer");
  const subject = uniqueName("核对报表");
  const task = await createRecord(page, me, "activity", {
    subject,
    kind: "task",
    owner: me.user.id,
    due_at: new Date(Date.now() - 2 * HOUR_MS).toISOString(),
  });
  await page.goto("/home");
  await page.getByText("我的", { exact: true }).first().click();
  const mine = page.locator(".gx-task").filter({ hasText: subject });
  await expect(page.locator(".gx-tasks[data-group=overdue]").filter({ has: mine })).toBeVisible();
  const done = page.waitForResponse((answer) => answer.url().includes(task.id) && answer.request().method() === "POST");
  await mine.getByRole("checkbox", { name: `完成“${subject}”` }).click();
  expect((await done).ok()).toBe(true);
  await expect(toast(page, `“${subject}”已完成`)).toBeVisible();
  const status = async () => (await (await page.request.get(`/api/v1/records/activity/${task.id}`)).json()).status;
  await expect.poll(status).toBe("done");
  // Struck through, whatever was read meanwhile, and however often the list is read again.
  await expect(mine).toHaveAttribute("data-done", "true");

  const reopened = saved(page, "PATCH", `/records/activity/${task.id}`);
  await toast(page, `“${subject}”已完成`)
    .getByRole("button", { name: /撤\s*销/ })
    .click();
  await reopened;
  expect(await status()).toBe("open");
  await expect(mine).toBeVisible();
  await expect(mine).not.toHaveAttribute("data-done", "true");
});

test("a number on the home page is the number of the list it leads to", async ({ page }) => {
  const me = await signIn(page, "sales");
  const account = await createRecord(page, me, "account", { name: uniqueName("数字客户"), kind: "company" });
  const deal = { account: account.id, close_date: "2030-06-01", amount: "123456" };
  await createRecord(page, me, "opportunity", { ...deal, name: uniqueName("数字商机") });
  await page.goto("/home");
  const tile = page.locator(".gx-number").filter({ hasText: "进行中的商机" });
  const note = tile.locator(".gx-number-note");
  await expect(note).toHaveText(/\d+ 个商机/);
  const count = Number((await note.innerText()).replace(/\D/g, ""));
  expect(count).toBeGreaterThan(0);
  await tile.click();
  await expect(page).toHaveURL(/\/o\/opportunity/);
  await expect(page.locator(".gx-toolbar-count")).toHaveText(new RegExp(`^\\D*${count}\\D*$`));

  // One more, and the number has grown by one.
  await createRecord(page, me, "opportunity", { ...deal, name: uniqueName("再一个") });
  await page.goto("/home");
  await expect(note).toHaveText(`${count + 1} 个商机`);
});

test("what was opened last stands first among the recent records", async ({ page }) => {
  const me = await signIn(page, "sales2");
  const names = [uniqueName("先看的"), uniqueName("后看的")];
  for (const name of names) {
    const account = await createRecord(page, me, "account", { name, kind: "company" });
    await page.goto(`/r/account/${account.id}`);
    await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
    await page.goto("about:blank");
    // Whoever leaves at once is remembered all the same.
    const kept = async () => (await (await page.request.get("/api/v1/me")).json()).preferences.recents?.[0]?.label;
    await expect.poll(kept).toBe(name);
  }
  await page.goto("/home");
  const recent = page.locator(".gx-recents:not(.gx-notices) li");
  await expect(recent.nth(0)).toContainText(names[1] ?? "");
  await expect(recent.nth(1)).toContainText(names[0] ?? "");
  await recent.nth(1).getByRole("link").click();
  await expect(page.getByRole("heading", { level: 1, name: names[0] ?? "" })).toBeVisible();
});

test("a demo company says so on every page, and at sign-in", async ({ page }) => {
  await page.goto("/login");
  await expect(page.getByText("演示账号")).toBeVisible();
  await signIn(page, "marketing", "/home");
  for (const path of ["/home", "/o/account", "/profile"]) {
    await page.goto(path);
    await expect(page.getByRole("note").filter({ hasText: "演示空间：数据为虚构，可随意修改。" })).toBeVisible();
  }
});

test("the home page is arranged, kept, and given shortcuts of one's own", async ({ page }) => {
  await signIn(page, "analyst", "/home");
  const titles = (side: number) => page.locator(".gx-home-columns > div").nth(side).locator("h2").allTextContents();
  await expect(page.getByRole("region", { name: "最近访问" })).toBeVisible();
  await page.getByRole("button", { name: "调整首页" }).click();
  await page.getByRole("button", { name: "把“最近访问”移到另一栏" }).click();
  await page.getByRole("button", { name: "上移“最近访问”" }).click();
  const bar = page.getByRole("region", { name: "调整首页" });
  await bar.getByRole("button", { name: "+ 快捷方式" }).click();
  await bar.getByRole("button", { name: "+ 销售分析 · 赢单率" }).click();
  await page.getByRole("button", { name: "隐藏“今日日程”" }).click();
  await expect(bar.getByRole("button", { name: "+ 今日日程" })).toBeVisible();
  const kept = saved(page, "PATCH", "/me");
  await bar.getByRole("button", { name: /完\s*成/ }).click();
  await kept;
  await expect(page.getByRole("region", { name: "今日日程" })).toBeHidden();
  await expect(page.getByRole("region", { name: "赢单率" })).toBeVisible();
  const left = await titles(0);
  expect(left.indexOf("最近访问")).toBe(left.length - 2);

  const shortcuts = page.getByRole("region", { name: "快捷方式" });
  await shortcuts.getByRole("button", { name: /添\s*加/ }).click();
  await shortcuts.getByLabel("名称").fill("大客户");
  await shortcuts.getByLabel("网址").fill("javascript:alert(1)");
  await shortcuts.getByRole("button", { name: /添\s*加/ }).click();
  await expect(shortcuts.getByText("请填写本系统的路径")).toBeVisible();
  await shortcuts.getByLabel("网址").fill("/o/account");
  const added = saved(page, "PATCH", "/me");
  await shortcuts.getByRole("button", { name: /添\s*加/ }).click();
  await added;
  await page.reload();
  await expect(page.getByRole("region", { name: "今日日程" })).toBeHidden();
  await shortcuts.getByRole("link", { name: "大客户" }).click();
  await expect(page).toHaveURL(/\/o\/account/);

  // As it was, for whoever signs in next.
  await page.goto("/home");
  await shortcuts.getByRole("button", { name: "移除“大客户”" }).click();
  await page.getByRole("button", { name: "调整首页" }).click();
  const back = saved(page, "PATCH", "/me");
  await bar.getByRole("button", { name: "恢复默认" }).click();
  await back;
});

test("the home page begins as one's role has it: what is unread, the load of one's people, numbers one may hide", async ({
  page,
  browser,
  server,
}) => {
  const manager = await another(browser, server.url, "salesmanager");
  await manager.page.goto("/home");
  const load = manager.page.getByRole("region", { name: "团队今日负荷" });
  await expect(load.getByRole("listitem").first()).toBeVisible();
  await expect(load.getByRole("link", { name: "工作负荷" })).toHaveAttribute("href", "/workload");

  const me = await signIn(page, "sales2", "/home");
  await expect(
    page.getByRole("region", { name: "待办" }).or(page.getByRole("region", { name: "我的待办" })),
  ).toBeVisible();
  await expect(page.getByRole("region", { name: "团队今日负荷" })).toBeHidden();
  // What others do to him stands there as it happens, and leads where it speaks of.
  const unread = page.getByRole("region", { name: "我的未读通知" });
  await expect(unread).toBeVisible();
  const name = uniqueName("指派线索");
  const lead = await createRecord(manager.page, manager.me, "lead", {
    name,
    company: "首页测试公司",
    owner: me.user.id,
  });
  const line = unread.getByRole("button", { name: new RegExp(name) });
  await expect(line).toBeVisible({ timeout: 60_000 });
  await expectAccessible(page);
  await line.click();
  await expect(page).toHaveURL(new RegExp(`/r/lead/${lead.id}`));
  await page.goto("/home");
  await expect(line).toHaveCount(0);

  await page.getByRole("button", { name: "调整首页" }).click();
  const bar = page.getByRole("region", { name: "调整首页" });
  await page.getByRole("button", { name: "隐藏“关键数字”" }).click();
  await expect(bar.getByRole("button", { name: "+ 关键数字" })).toBeVisible();
  await bar.getByRole("button", { name: /完\s*成/ }).click();
  await expect(page.locator(".gx-numbers")).toHaveCount(0);
  await page.getByRole("button", { name: "调整首页" }).click();
  const back = saved(page, "PATCH", "/me");
  await bar.getByRole("button", { name: "恢复默认" }).click();
  await back;
  await bar.getByRole("button", { name: /完\s*成/ }).click();
  await expect(page.locator(".gx-numbers")).toBeVisible();
});
