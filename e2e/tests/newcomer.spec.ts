import { expect, type Locator, type Page } from "@playwright/test";
import { createRecord, waitUntilFound } from "../support/api.ts";
import { field, saved, toast, uniqueName } from "../support/screens.ts";
import { demoEmail, demoPassword, signIn } from "../support/sign-in.ts";
import { test } from "../support/test.ts";

/** Goes on by the Tab key until the focus is there. */
async function tabTo(page: Page, what: Locator): Promise<void> {
  const there = () => what.evaluate((node) => node === document.activeElement || node.contains(document.activeElement));
  for (let pressed = 0; pressed < 200; pressed += 1) {
    if (await there()) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("the Tab key does not lead there");
}

/** Asks the palette and takes the first answer that is called this. */
async function ask(page: Page, words: string, answer: string): Promise<void> {
  // The sign-in page has a main part too, and hears no such key.
  await expect(page.getByRole("navigation", { name: "主导航" })).toBeVisible();
  await page.keyboard.press("Control+k");
  const box = page.getByRole("combobox", { name: "搜索与命令" });
  await expect(box).toBeFocused();
  await page.keyboard.type(words);
  const wanted = page.getByRole("option").filter({ hasText: answer }).first();
  await expect(wanted).toBeVisible();
  for (let pressed = 0; (await wanted.getAttribute("aria-selected")) !== "true" && pressed < 30; pressed += 1) {
    await page.keyboard.press("ArrowDown");
  }
  await page.keyboard.press("Enter");
}

test("a newcomer works a morning by the keyboard alone", async ({ page }) => {
  test.setTimeout(180_000);
  const name = uniqueName("键盘客户");
  const me = await signIn(page, "sales");
  const account = await createRecord(page, me, "account", { name, kind: "company" });
  await waitUntilFound(page, name);
  await page.context().clearCookies();

  await page.goto("/login");
  await expect(page.getByLabel("邮箱")).toBeFocused();
  await page.keyboard.type(demoEmail("sales"));
  await page.keyboard.press("Tab");
  await page.keyboard.type(demoPassword);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/home/);

  // A customer, and a call with him.
  await ask(page, name, name);
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await page.keyboard.press("c");
  await expect(page.getByRole("textbox", { name: "通话" })).toBeFocused();
  await page.keyboard.type("约好周五看样机");
  const logged = saved(page, "POST", "/records/activity");
  await page.keyboard.press("Control+Enter");
  await logged;
  await expect(page.getByRole("main")).toContainText("约好周五看样机");

  // An opportunity.
  const deal = uniqueName("键盘商机");
  await ask(page, "新建商机", "新建商机");
  const form = page.getByRole("dialog", { name: "新建商机" });
  await tabTo(page, form.locator('[data-field="name"]').getByRole("textbox"));
  await page.keyboard.type(deal);
  await tabTo(page, form.locator('[data-field="account"]').getByRole("combobox"));
  await page.keyboard.type(name);
  await expect(page.locator(".ant-select-item-option").filter({ hasText: name }).first()).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(form.locator('[data-field="account"]')).toContainText(name);
  await tabTo(page, form.locator('[data-field="close_date"]').getByRole("textbox"));
  await page.keyboard.type("2030-01-31");
  await page.keyboard.press("Tab");
  await expect(form.locator('[data-field="close_date"]').getByRole("textbox")).toHaveValue(/2030/);
  const made = saved(page, "POST", "/records/opportunity");
  await page.keyboard.press("Control+Enter");
  await made;
  await expect(form).toBeHidden();

  // On the board, carried to the next stage.
  await ask(page, "商机看板", "商机看板");
  await expect(page).toHaveURL(/\/o\/opportunity\/board/);
  await page.goto(`/o/opportunity/board?filter=${encodeURIComponent(`account == '${account.id}'`)}`);
  const card = (column: string) =>
    page.getByRole("region", { name: column, exact: true }).locator(".gx-card").filter({ hasText: deal });
  await expect(card("新建")).toBeVisible();
  await tabTo(page, card("新建"));
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowRight");
  await expect(page.getByText("在“需求明确”上方")).toBeAttached();
  const moved = saved(page, "POST", "/change_stage");
  await page.keyboard.press("Space");
  await moved;
  await expect(card("需求明确")).toBeVisible();

  // Another language, and out.
  await ask(page, "English", "English");
  await expect(page.getByRole("heading", { level: 1, name: "Opportunities" })).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("中文");
  await expect(page.getByRole("option").filter({ hasText: "中文" }).first()).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "商机" })).toBeVisible();
  await ask(page, "退出", "退出");
  await expect(page).toHaveURL(/\/login/);
});

test("a small file of customers is imported by the keyboard", async ({ page }) => {
  await signIn(page, "admin", "/home");
  await ask(page, "导入客户", "导入客户");
  const button = page.getByRole("button", { name: /选择文件/ });
  await tabTo(page, button);
  const chooser = page.waitForEvent("filechooser");
  await page.keyboard.press("Enter");
  const name = uniqueName("键盘导入");
  await (await chooser).setFiles({
    name: "客户.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(`客户名称\n${name}\n`),
  });
  await expect(page.getByRole("table", { name: "对应字段" })).toContainText(name);
  await tabTo(page, page.getByRole("button", { name: "检查数据" }));
  await page.keyboard.press("Enter");
  const run = page.getByRole("button", { name: "导入 1 条" });
  await expect(run).toBeVisible();
  await tabTo(page, run);
  await page.keyboard.press("Enter");
  await expect(page.getByText("导入完成")).toBeVisible();
});

test("a connection that is cut loses nothing of a form, which says so and goes on later", async ({ page, context }) => {
  await signIn(page, "sales", "/o/account/new");
  const name = uniqueName("断网");
  await field(page, "name").getByRole("textbox").fill(name);
  await context.setOffline(true);
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("alert").filter({ hasText: "连接不上服务器" })).toBeVisible();
  await expect(field(page, "name").getByRole("textbox")).toHaveValue(name);
  await context.setOffline(false);
  const made = saved(page, "POST", "/records/account");
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await made;
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
});

test("what the app has not fetched yet waits for the network, and the page with it stays", async ({
  page,
  context,
}) => {
  const me = await signIn(page, "sales");
  const account = await createRecord(page, me, "account", { name: uniqueName("缓一缓"), kind: "company" });
  await page.goto(`/r/account/${account.id}`);
  const heading = page.getByRole("heading", { level: 1, name: String(account.name) });
  await expect(heading).toBeVisible();
  await context.setOffline(true);
  const short = page.locator(".gx-inline").filter({ hasText: "简称" }).first();
  await short.getByRole("button", { name: "编辑简称" }).click();
  await expect(page.getByText("网络已断开")).toBeVisible();
  await expect(heading).toBeVisible();
  await context.setOffline(false);
  await short.getByRole("textbox").fill("缓");
  const written = saved(page, "PATCH", `/records/account/${account.id}`);
  await short.getByRole("textbox").press("Enter");
  await written;
  await expect(short).toContainText("缓");
});

test("two windows change one record: both changes stay, and what both changed is asked", async ({ page, context }) => {
  const me = await signIn(page, "sales");
  const account = await createRecord(page, me, "account", { name: uniqueName("两窗"), kind: "company" });
  const other = await context.newPage();
  for (const window of [page, other]) {
    await window.goto(`/r/account/${account.id}?edit=1`);
    await expect(field(window, "name").getByRole("textbox")).toBeVisible();
  }
  await field(page, "website").getByRole("textbox").fill("https://first.example.com");
  await page.keyboard.press("Control+Enter");
  await expect(toast(page, "已保存")).toBeVisible();
  await field(other, "phone").getByRole("textbox").fill("021 6888 4321");
  await field(other, "website").getByRole("textbox").fill("https://second.example.com");
  await other.keyboard.press("Control+Enter");
  const dialog = other.getByRole("dialog").filter({ hasText: "first.example.com" });
  await expect(dialog).toContainText("second.example.com");
  await dialog.getByRole("radio", { name: /对方的值/ }).check();
  const written = saved(other, "PATCH", `/records/account/${account.id}`);
  await dialog.getByRole("button", { name: "按选择保存" }).click();
  await written;
  const now = await (await page.request.get(`/api/v1/records/account/${account.id}`)).json();
  expect(now.phone).toBe("+862168884321");
  expect(now.website).toContain("first.example.com");
});
