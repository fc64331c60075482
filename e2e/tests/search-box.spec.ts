import type { Page } from "@playwright/test";
import { expectAccessible } from "../support/accessibility.ts";
import { createRecord, waitUntilFound } from "../support/api.ts";
import { personalise, toast, uniqueName } from "../support/screens.ts";
import { demoEmail, signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

const box = (page: Page) => page.getByRole("combobox", { name: /搜索与命令|Search and commands/ });
const group = (page: Page, title: string) => page.getByRole("listbox").locator("h3").filter({ hasText: title });

async function openBox(page: Page): Promise<void> {
  await expect(page.getByRole("main")).toBeVisible();
  await page.keyboard.press("Control+k");
  await expect(box(page)).toBeFocused();
}

/** What is marked in an entry, in order. */
const marks = (page: Page, name: string) => page.getByRole("option").filter({ hasText: name }).first().locator("mark");

test("what was found is marked: words, pinyin, initials, full width, and digits inside a number", async ({ page }) => {
  const me = await signIn(page, "sales");
  const name = "璩鹤轩";
  const [digits, shown] = ["13905274816", "139 0527 4816"];
  await createRecord(page, me, "contact", { name, title: "工艺工程师", mobile: digits, wechat: uniqueName("w") });
  await waitUntilFound(page, name);
  await page.goto("/home");
  await openBox(page);
  for (const [typed, marked] of [
    ["鹤轩", "鹤轩"],
    ["qhx", name],
    ["heXuan", "鹤轩"],
    ["ｑｕｈｅ", "璩鹤"],
  ] as const) {
    await box(page).fill(typed);
    await expect(marks(page, name).first(), typed).toHaveText(marked);
  }
  // By its number, which neither the name nor the line below tells: the entry says where it was found.
  for (const [typed, marked] of [
    [digits, shown],
    ["0527 4816", "0527 4816"],
    ["2748", "27 48"],
  ] as const) {
    await box(page).fill(typed);
    await expect(marks(page, name), typed).toHaveText([marked]);
  }
  await expect(page.getByRole("option").filter({ hasText: name }).first()).toContainText(`手机 ${shown}`);
  await expectAccessible(page);

  // Traditional characters find simplified ones.
  await box(page).fill("鶴軒");
  await expect(marks(page, name)).toHaveText(["鹤轩"]);
  // What was nearly typed is found, and said to be only that.
  for (const typed of ["qhuexuan", "quhexaun", "璩鹤萱"]) {
    await box(page).fill(typed);
    const entry = page.getByRole("option").filter({ hasText: name }).first();
    await expect(entry, typed).toContainText("相近");
    await expect(entry.locator("mark").first()).toHaveText(name);
  }
  // By two digits no number is found by its middle, and it is said why.
  await box(page).fill("27");
  await expect(page.getByRole("dialog")).toContainText("至少 3 位数字");
  await expectAccessible(page);

  // Operators are no words.
  await box(page).fill("object:联系人 鹤轩");
  await expect(marks(page, name)).toHaveText(["鹤轩"]);
});

test("what a file says is found, marked, and leads to its record", async ({ page }) => {
  const me = await signIn(page, "sales");
  const account = uniqueName("犇骉器材厂");
  const record = await createRecord(page, me, "account", { name: account, kind: "company" });
  const uploaded = await page.request.post("/api/v1/files", {
    headers: {
      "X-CSRF-Token": me.csrf_token,
      "Content-Type": "text/plain",
      "Content-Disposition": "attachment; filename*=UTF-8''terms.txt",
    },
    data: `${"前言。".repeat(80)}交付条件为鑫淼淼港口到岸价。${"后记。".repeat(80)}`,
  });
  const file = (await uploaded.json()) as { id: string };
  await createRecord(page, me, "note", { title: "条款", body: "见附件", account: record.id, attachment: file.id });
  await waitUntilFound(page, "鑫淼淼港口");
  await page.goto("/home");
  await openBox(page);
  await box(page).fill("鑫淼淼港口");
  const entry = page.getByRole("option").filter({ hasText: "terms.txt" });
  await expect(entry).toContainText("文件内容");
  await expect(entry.locator("mark")).toHaveText("鑫淼淼港口");
  await expectAccessible(page);
  await entry.click();
  await expect(page.getByRole("heading", { level: 1, name: "条款" })).toBeVisible();
});

test("the table to choose from and the candidates of a field mark it too", async ({ page }) => {
  const me = await signIn(page, "sales");
  const name = "骐骥珐琅器材厂";
  await createRecord(page, me, "account", { name, kind: "company" });
  await waitUntilFound(page, name);
  await page.goto("/o/contact/new");
  const input = page.locator('[data-field="account"]').getByRole("combobox");
  await input.click();
  await input.fill("falang");
  await expect(page.locator(".ant-select-item-option").filter({ hasText: name }).locator("mark")).toHaveText("珐琅");
  await page.getByRole("button", { name: "在列表中选择客户" }).click();
  const row = page.getByRole("dialog", { name: "在列表中选择客户" }).locator("tbody tr").filter({ hasText: name });
  await expect(row.locator("mark")).toHaveText("珐琅");
});

test("what one searched for last is offered again, and is removed by a key or altogether", async ({ page }) => {
  const me = await signIn(page, "sales2");
  const name = "缪沁芸缫丝厂";
  await createRecord(page, me, "account", { name, kind: "company" });
  await waitUntilFound(page, name);
  await personalise(page, me, { preferences: { searches: [] } });
  await page.goto("/home");
  for (const words of ["沁芸", "缫丝"]) {
    await openBox(page);
    await box(page).fill(words);
    await expect(marks(page, name).first()).toHaveText(words);
    const kept = page.waitForResponse(
      (answer) => answer.request().method() === "PATCH" && answer.url().endsWith("/me"),
    );
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
    await kept;
  }
  // Kept by the server: on another day, on another device.
  await page.reload();
  await openBox(page);
  await expect(group(page, "最近搜索")).toBeVisible();
  const recent = (words: string) => page.getByRole("option", { name: words, exact: true });
  await expect(recent("沁芸")).toBeVisible();
  await recent("缫丝").click();
  await expect(box(page)).toHaveValue("缫丝");
  await expect(box(page)).toBeFocused();
  await expect(marks(page, name).first()).toHaveText("缫丝");

  await box(page).fill("");
  await expect(recent("缫丝")).toBeVisible();
  while ((await recent("缫丝").getAttribute("aria-selected")) !== "true") await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Shift+Delete");
  await expect(recent("缫丝")).toHaveCount(0);
  await expect(page.getByRole("status").filter({ hasText: "已移除“缫丝”" })).toHaveCount(1);
  await page.getByRole("option", { name: "清除最近搜索" }).click();
  await expect(group(page, "最近搜索")).toHaveCount(0);
  await expect(recent("沁芸")).toHaveCount(0);
});

test("a search is saved by the keyboard, shared, changed and deleted", async ({ page, browser, baseURL }) => {
  await signIn(page, "salesmanager", "/home");
  const name = uniqueName("未完成的线索");
  await openBox(page);
  await box(page).fill("object:线索 is:open");
  await page.keyboard.press("Control+s");
  const form = page.getByRole("form", { name: "保存此搜索" });
  await expect(form.getByLabel("名称")).toBeFocused();
  await page.keyboard.type(name);
  await expect(form.getByLabel("搜索内容")).toHaveValue("object:线索 is:open");
  await expectAccessible(page);
  // Esc leaves the form, not the box.
  await page.keyboard.press("Escape");
  await expect(box(page)).toBeFocused();
  await page.getByRole("button", { name: "保存此搜索" }).click();
  await form.getByLabel("名称").fill(name);
  await form.getByRole("checkbox", { name: "共享给同事" }).check();
  await form.getByRole("button", { name: /保\s*存/ }).click();
  await expect(toast(page, `已保存“${name}”`)).toBeVisible();
  await expect(page.getByRole("button", { name: "编辑此已存搜索" })).toBeVisible();

  const other = await browser.newContext({ baseURL, locale: "zh-CN" });
  const theirs = await other.newPage();
  await signIn(theirs, "sales", "/home");
  await openBox(theirs);
  await expect(group(theirs, "已存搜索")).toBeVisible();
  const offered = theirs.getByRole("option").filter({ hasText: name });
  await expect(offered).toContainText("共享");
  await offered.hover();
  await expect(theirs.getByRole("button", { name: `删除“${name}”`, includeHidden: true })).toHaveCount(0);
  await offered.click();
  await expect(box(theirs)).toHaveValue("object:线索 is:open");
  await expect(theirs.getByRole("option").first()).toContainText("线索");
  await other.close();

  await box(page).fill(name);
  const own = page.getByRole("option").filter({ hasText: name });
  await expect(own).toBeVisible();
  while ((await own.getAttribute("aria-selected")) !== "true") await page.keyboard.press("ArrowDown");
  await page.keyboard.press("F2");
  const change = page.getByRole("form", { name: "编辑此已存搜索" });
  await change.getByLabel("搜索内容").fill("object:线索");
  await page.keyboard.press("Enter");
  await expect(change).toBeHidden();
  await expect(own).toContainText("object:线索 · 共享");

  while ((await own.getAttribute("aria-selected")) !== "true") await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Shift+Delete");
  const sure = page.getByRole("dialog").filter({ hasText: `删除已存搜索“${name}”` });
  await expect(sure).toContainText("它已共享");
  await sure.getByRole("button", { name: /删\s*除/ }).click();
  await expect(own).toHaveCount(0);
  await expect(box(page)).toBeFocused();
});

test("whoever looks with another's rights sees nothing of his searches and leaves none", async ({ page }) => {
  const them = await signIn(page, "service");
  await personalise(page, them, { preferences: { searches: ["秘密项目"] } });
  const me = await signIn(page, "admin");
  const members = await page.request.get("/api/v1/records/user", {
    params: { filter: `email == "${demoEmail("service")}"`, fields: "name" },
  });
  const [member] = ((await members.json()) as { items: { id: string }[] }).items;
  const began = await page.request.post(`/api/v1/users/${member?.id}/view`, {
    headers: { "X-CSRF-Token": me.csrf_token },
    data: {},
  });
  expect(began.ok(), await began.text()).toBe(true);
  await page.goto("/home");
  await openBox(page);
  await expect(group(page, "前往")).toBeVisible();
  await expect(page.getByText("秘密项目")).toHaveCount(0);
  await box(page).fill("星河");
  await expect(page.getByRole("option").locator("mark").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "保存此搜索" })).toHaveCount(0);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await openBox(page);
  await expect(group(page, "最近搜索")).toHaveCount(0);
});

test("on a phone, dark and in English, searches are kept and removed by touch", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const me = await signIn(page, "marketing");
  await personalise(page, me, { locale: "en", theme: "dark", preferences: { searches: ["a", "b"] } });
  await page.goto("/home");
  await page.getByRole("navigation").getByRole("button", { name: "Search" }).click();
  await box(page).fill("xinghe");
  await expect(page.getByRole("option").locator("mark").first()).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Save this search" }).click();
  const form = page.getByRole("form", { name: "Save this search" });
  const name = uniqueName("Star");
  await form.getByLabel("Name").fill(name);
  await expectAccessible(page);
  await form.getByRole("button", { name: "Save" }).click();
  await box(page).fill("");
  const remove = (text: string) => page.getByTitle(text, { exact: true });
  await remove("Remove “b”").click();
  await expect(page.getByRole("option", { name: "b", exact: true })).toHaveCount(0);
  await expect(page.getByRole("option", { name: "a", exact: true })).toBeVisible();
  await remove(`Delete “${name}”`).click();
  await page
    .getByRole("dialog")
    .filter({ hasText: "Delete the saved search" })
    .getByRole("button", { name: "Delete" })
    .click();
  await expect(page.getByRole("option").filter({ hasText: name })).toHaveCount(0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await personalise(page, me, { locale: "zh-CN", theme: "light", preferences: { searches: [] } });
});
