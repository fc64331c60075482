import { createRecord } from "../support/api.ts";
import { saved, toast, uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

const HOUR_MS = 3_600_000;

test("what is due stands on the home page, is ticked off there, and taken back", async ({ page }) => {
  const me = await signIn(page, "trainer", "/login");
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
  const me = await signIn(page, "sales", "/login");
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
  const me = await signIn(page, "sales2", "/login");
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
