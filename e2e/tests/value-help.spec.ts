import type { Page } from "@playwright/test";
import { createRecord, waitUntilFound } from "../support/api.ts";
import { field, saved, uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

const help = (page: Page) => page.getByRole("dialog", { name: "在列表中选择客户" });

test("a reference is chosen from a table that tells namesakes apart", async ({ page }) => {
  const me = await signIn(page, "sales");
  const name = uniqueName("同名公司");
  await createRecord(page, me, "account", { name, kind: "company", level: "d" });
  const wanted = await createRecord(page, me, "account", { name, kind: "company", level: "a" });
  await waitUntilFound(page, name);
  await page.goto("/o/contact/new");
  const input = field(page, "account").getByRole("combobox");
  await input.click();
  await input.fill(name);
  await page.getByRole("button", { name: "在列表中选择客户" }).click();

  // What was typed is looked for there too, with the columns that tell the two apart.
  const dialog = help(page);
  await expect(dialog.getByRole("searchbox").or(dialog.getByRole("textbox"))).toHaveValue(name);
  const rows = dialog.locator("tbody tr");
  await expect(rows).toHaveCount(2);
  await expect(dialog.getByRole("columnheader", { name: "客户级别" })).toBeVisible();
  const index = (await rows.allInnerTexts()).findIndex((text) => /\tA/.test(text));
  expect(index).toBeGreaterThanOrEqual(0);

  // By the keyboard, from the box one types in.
  for (let step = 0; step < index; step += 1) await page.keyboard.press("ArrowDown");
  await expect(rows.nth(index)).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await expect(field(page, "account")).toContainText(name);
  await expect(page.getByRole("heading", { level: 1, name: "新建联系人" })).toBeVisible();

  await field(page, "name").getByRole("textbox").fill(uniqueName("王选"));
  await field(page, "wechat").getByRole("textbox").fill(uniqueName("w"));
  const made = page.waitForResponse(
    (answer) => answer.request().method() === "POST" && answer.url().endsWith("/records/contact"),
  );
  await page.keyboard.press("Control+Enter");
  expect((await (await made).json()).account).toMatchObject({ id: wanted.id });
});

test("by the mouse, a search that finds nothing says so, and closing leaves the field as it was", async ({ page }) => {
  const me = await signIn(page, "sales");
  const name = uniqueName("点选公司");
  const account = await createRecord(page, me, "account", { name, kind: "company" });
  await waitUntilFound(page, name);
  await page.goto("/o/opportunity/new");
  await field(page, "account").getByRole("combobox").click();
  await page.getByRole("button", { name: "在列表中选择客户" }).click();
  const dialog = help(page);
  const box = dialog.locator("input");
  await expect(dialog.locator("tbody tr").first()).toBeVisible();
  await box.fill(`${name}没有`);
  await expect(dialog).toContainText("没有匹配的记录");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(field(page, "account").locator(".ant-select-selection-item")).toHaveCount(0);

  await field(page, "account").getByRole("combobox").click();
  await page.getByRole("button", { name: "在列表中选择客户" }).click();
  await help(page).locator("input").fill(name);
  await help(page).locator("tbody tr").filter({ hasText: name }).click();
  await expect(field(page, "account")).toContainText(name);

  await field(page, "name").getByRole("textbox").fill(uniqueName("点选商机"));
  await field(page, "close_date").getByRole("textbox").fill("2030-03-01");
  await page.keyboard.press("Tab");
  const made = page.waitForResponse(
    (answer) => answer.request().method() === "POST" && answer.url().endsWith("/records/opportunity"),
  );
  await page.keyboard.press("Control+Enter");
  expect((await (await made).json()).account).toMatchObject({ id: account.id });
});

test("a record that is missing is made on the way, over the form, which keeps what was typed", async ({ page }) => {
  await signIn(page, "sales2", "/o/opportunity/new");
  const deal = uniqueName("在途商机");
  const name = uniqueName("新来的公司");
  await field(page, "name").getByRole("textbox").fill(deal);
  const input = field(page, "account").getByRole("combobox");
  await input.click();
  await input.fill(name);
  await page.getByRole("button", { name: `新建“${name}”` }).click();
  const form = page.getByRole("dialog", { name: "新建客户" });
  await expect(form.locator('[data-field="name"]').getByRole("textbox")).toHaveValue(name);

  // What is wrong there stays there.
  await form.locator('[data-field="email"]').getByRole("textbox").fill("nobody");
  await page.keyboard.press("Control+Enter");
  await expect(form).toContainText("邮箱格式不对");
  await form.locator('[data-field="email"]').getByRole("textbox").fill("a@example.com");
  const made = saved(page, "POST", "/records/account");
  await page.keyboard.press("Control+Enter");
  await made;
  await expect(form).toBeHidden();
  await expect(field(page, "account")).toContainText(name);
  await expect(field(page, "name").getByRole("textbox")).toHaveValue(deal);

  await field(page, "close_date").getByRole("textbox").fill("2030-04-01");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("heading", { level: 1, name: deal })).toBeVisible();
  await expect(page.getByRole("main")).toContainText(name);
});
