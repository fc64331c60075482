import { changeRecord, createRecord, deleteRecord } from "../support/api.ts";
import { another, openLive } from "../support/live.ts";
import { uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

/** What screens show of what others do, besides the list of what they make. */

test("what comes into a list by a change waits above it, and what belongs into it no more says so", async ({
  page,
  browser,
  server,
}) => {
  const name = uniqueName("重点客户");
  const other = await another(browser, server.url, "sales");
  const make = (word: string, level: string) =>
    createRecord(other.page, other.me, "account", { name: `${name}${word}`, kind: "company", level });
  const leaving = await make("甲", "a");
  await make("乙", "a");
  const coming = await make("丙", "b");
  await signIn(page, "salesmanager");
  const filter = `name.contains('${name}') && level == 'a'`;
  await openLive(page, `/o/account?view=all&filter=${encodeURIComponent(filter)}&sort=name`, "account");
  const rows = page.locator(".gx-row:not(.gx-row-coming)");
  await expect(rows).toHaveCount(2);
  const before = await rows.first().boundingBox();

  await changeRecord(other.page, other.me, "account", coming.id, { level: "a" });
  const fresh = page.getByRole("button", { name: "1 条新记录" });
  await expect(fresh).toBeVisible();
  await changeRecord(other.page, other.me, "account", leaving.id, { level: "c" });
  await expect(rows.filter({ hasText: "已不属于此列表" })).toHaveCount(1);
  await expect(rows.filter({ hasText: `${name}甲` })).toContainText("已不属于此列表");
  await expect(rows).toHaveCount(2);
  expect(await rows.first().boundingBox()).toEqual(before);

  await fresh.click();
  await expect(rows.filter({ hasText: `${name}丙` })).toHaveCount(1);
  await expect(rows.filter({ hasText: `${name}甲` })).toHaveCount(0);
  await expect(page.getByText("已不属于此列表")).toHaveCount(0);
  await expect(fresh).toBeHidden();
});

test("what is handed out of sight leaves the list at once, under the rights of who looks", async ({
  page,
  browser,
  server,
}) => {
  const mine = await signIn(page, "partner");
  const name = uniqueName("伙伴客户");
  const account = await createRecord(page, mine, "account", { name, kind: "company" });
  const filter = `name.contains('${name}')`;
  await openLive(page, `/o/account?view=all&filter=${encodeURIComponent(filter)}`, account.id);
  const row = page.getByRole("grid").getByRole("row").filter({ hasText: name });
  await expect(row).toHaveCount(1);
  const admin = await another(browser, server.url, "admin");
  await changeRecord(admin.page, admin.me, "account", account.id, { owner: admin.me.user.id });
  await expect(row).toContainText("您已看不到这条记录");
  await expect(row).toHaveCount(0);
});

test("three at one board: a card moved by one is moved for the others, and in the record that is open", async ({
  page,
  browser,
  server,
}) => {
  const mover = await another(browser, server.url, "sales");
  const reader = await another(browser, server.url, "admin");
  const name = uniqueName("同看商机");
  const account = await createRecord(mover.page, mover.me, "account", { name: `${name}客户`, kind: "company" });
  const deal = await createRecord(mover.page, mover.me, "opportunity", {
    name,
    account: account.id,
    close_date: "2030-01-31",
    amount: { amount: "120000", currency: "CNY" },
  });
  await signIn(page, "salesmanager");
  const filter = encodeURIComponent(`account == '${account.id}'`);
  await openLive(page, `/o/opportunity/board?filter=${filter}`, "opportunity");
  await openLive(reader.page, `/r/opportunity/${deal.id}`, "opportunity");
  const column = (title: string) => page.getByRole("region", { name: title, exact: true });
  const card = (title: string) => column(title).locator(".gx-card").filter({ hasText: name });
  await expect(card("新建")).toBeVisible();
  const moved = await mover.page.request.post(`/api/v1/records/opportunity/${deal.id}/actions/change_stage`, {
    data: { stage: "solution" },
    headers: { "X-CSRF-Token": mover.me.csrf_token },
  });
  expect(moved.ok(), await moved.text()).toBe(true);
  await expect(card("方案验证")).toBeVisible();
  await expect(card("新建")).toHaveCount(0);
  await expect(column("方案验证").locator(".gx-board-count")).toHaveText("1");
  await expect(reader.page.getByText("方案验证").first()).toBeVisible();
  // A second one comes in, and the first is deleted.
  await createRecord(mover.page, mover.me, "opportunity", {
    name: `${name}二`,
    account: account.id,
    close_date: "2030-01-31",
    amount: { amount: "1000", currency: "CNY" },
  });
  await expect(card("新建").filter({ hasText: `${name}二` })).toBeVisible();
  await deleteRecord(mover.page, mover.me, "opportunity", deal.id);
  await expect(card("方案验证")).toHaveCount(0);
});

test("a calendar shows what others put into it, move and take out", async ({ page, browser, server }) => {
  const me = await signIn(page, "sales");
  const admin = await another(browser, server.url, "admin");
  const subject = uniqueName("拜访计划");
  await openLive(page, "/o/activity/calendar?mode=week&day=2031-04-15", "activity");
  const made = await createRecord(admin.page, admin.me, "activity", {
    subject,
    kind: "appointment",
    owner: me.user.id,
    start_at: "2031-04-15T02:00:00Z",
    end_at: "2031-04-15T03:00:00Z",
  });
  const on = (day: string) => page.locator(`.gx-time-day[data-day="${day}"]`).filter({ hasText: subject });
  await expect(page.locator(".gx-event").filter({ hasText: subject })).toBeVisible();
  await changeRecord(admin.page, admin.me, "activity", made.id, {
    start_at: "2031-04-17T02:00:00Z",
    end_at: "2031-04-17T03:00:00Z",
  });
  await expect(on("2031-04-17")).toBeVisible();
  await expect(on("2031-04-15")).toHaveCount(0);
  await deleteRecord(admin.page, admin.me, "activity", made.id);
  await expect(page.locator(".gx-event").filter({ hasText: subject })).toHaveCount(0);
});

test("what belongs to a record: new ones wait above the others, and the tab counts them", async ({
  page,
  browser,
  server,
}) => {
  const other = await another(browser, server.url, "sales");
  const name = uniqueName("关联客户");
  const account = await createRecord(other.page, other.me, "account", { name, kind: "company" });
  const contact = (word: string) =>
    createRecord(other.page, other.me, "contact", { name: { full: `${word}经理` }, account: account.id });
  const first = await contact("赵");
  await signIn(page, "salesmanager");
  await openLive(page, `/r/account/${account.id}?tab=contact.account`, "contact");
  const rows = page.locator(".gx-related-scroll tbody tr");
  await expect(rows).toHaveCount(1);
  await contact("钱");
  const fresh = page.getByRole("button", { name: "1 条新记录" });
  await expect(fresh).toBeVisible();
  await expect(rows).toHaveCount(1);
  await expect(page.getByRole("tab", { name: /联系人/ })).toContainText("2");
  await fresh.click();
  await expect(rows).toHaveCount(2);
  const elsewhere = await createRecord(other.page, other.me, "account", { name: `${name}二部`, kind: "company" });
  await changeRecord(other.page, other.me, "contact", first.id, { account: elsewhere.id });
  await expect(rows.filter({ hasText: "已不属于此列表" })).toHaveCount(1);
});

test("the workload of a team follows what its people take on", async ({ page, browser, server }) => {
  const member = await another(browser, server.url, "sales");
  await signIn(page, "salesmanager");
  await openLive(page, "/workload?day=2031-05-12", "activity");
  const subject = uniqueName("派单");
  const row = page.getByRole("row").filter({ hasText: member.me.user.name });
  await expect(row).toBeVisible();
  await createRecord(member.page, member.me, "activity", { subject, due_at: "2031-05-13T09:00:00Z" });
  await expect(row.locator('td[data-day="2031-05-13"]').getByText(subject)).toBeVisible();
});

test("a browser whose clock goes wrong by hours hears what happens, before and after a break", async ({
  page,
  browser,
  server,
}) => {
  const other = await another(browser, server.url, "sales");
  const name = uniqueName("走时客户");
  const account = await createRecord(other.page, other.me, "account", { name, kind: "company" });
  for (const hours of [3, -5]) {
    await page.clock.setSystemTime(new Date(Date.now() + hours * 3_600_000));
    await signIn(page, "salesmanager");
    await openLive(page, `/o/account?view=all&filter=${encodeURIComponent(`name.contains('${name}')`)}`, "account");
    const row = page.getByRole("grid").getByRole("row").filter({ hasText: name });
    await expect(row).toHaveCount(1);
    await changeRecord(other.page, other.me, "account", account.id, { name: `${name}改${hours}` });
    await expect(row).toContainText(`改${hours}`);
    await page.context().setOffline(true);
    await changeRecord(other.page, other.me, "account", account.id, { name: `${name}断${hours}` });
    await page.context().setOffline(false);
    await expect(row).toContainText(`断${hours}`, { timeout: 90_000 });
  }
});
