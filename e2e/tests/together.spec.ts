import type { Browser, Page, WebSocketRoute } from "@playwright/test";
import { createRecord } from "../support/api.ts";
import { uniqueName } from "../support/screens.ts";
import { type DemoRole, type Me, signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

/** Somebody else, in a browser of his own. */
async function another(browser: Browser, url: string, role: DemoRole): Promise<{ page: Page; me: Me }> {
  const context = await browser.newContext({ baseURL: url, locale: "zh-CN", timezoneId: "Asia/Shanghai" });
  const page = await context.newPage();
  const me = await signIn(page, role);
  return { page, me };
}

/** Opens a note's page and its text to be edited. */
async function openText(page: Page, id: string) {
  await page.goto(`/r/note/${id}`);
  await page.getByRole("button", { name: "编辑正文" }).click();
  const text = page.getByRole("textbox", { name: "正文" });
  await expect(page.getByText("多人协作 · 已保存")).toBeVisible({ timeout: 30_000 });
  await expect(text).toHaveAttribute("contenteditable", "true");
  return text;
}

test("two write in one note, see where the other stands, and what one writes without a network is merged", async ({
  page,
  browser,
  server,
}) => {
  const other = await another(browser, server.url, "sales");
  const note = await createRecord(other.page, other.me, "note", { title: uniqueName("纪要"), body: "<p>议题</p>" });
  let cut = false;
  const open = new Set<WebSocketRoute>();
  await page.routeWebSocket("**/api/v1/live", (socket) => {
    if (cut) {
      void socket.close({ code: 3001 });
      return;
    }
    open.add(socket);
    socket.connectToServer();
  });
  await signIn(page, "salesmanager");
  const mine = await openText(page, note.id);
  const theirs = await openText(other.page, note.id);

  await theirs.press("End");
  await theirs.pressSequentially("：报价");
  await expect(mine).toContainText("议题：报价");
  await expect(mine.locator(".gx-caret-name")).toHaveText(other.me.user.name);
  await mine.press("Control+Home");
  await mine.pressSequentially("今日");
  // Where the other stands is written in between, with a name.
  await expect(theirs).toContainText(/今日.*议题：报价/);
  await expect(other.page.getByText("多人协作 · 已保存")).toBeVisible();

  // The network is gone: both go on, and nothing is lost when it is back.
  cut = true;
  for (const socket of open) await socket.close({ code: 3001 });
  await expect(page.getByText("连接已断开。可以继续写")).toBeVisible();
  await mine.pressSequentially("（离线写）");
  await theirs.press("End");
  await theirs.pressSequentially("与交期");
  cut = false;
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  for (const text of [mine, theirs]) {
    await expect(text).toContainText(/今日（离线写）.*议题：报价与交期/, { timeout: 40_000 });
  }

  // It saves itself, and shows where it stands once closed.
  await expect(page.getByText("多人协作 · 已保存")).toBeVisible();
  // A message in the corner has such a button as well.
  for (const of of [other.page, page]) {
    await of.getByRole("main").getByRole("button", { name: "关闭", exact: true }).click();
  }
  await expect(page.locator(".gx-inline-text").filter({ hasText: "今日（离线写）议题：报价与交期" })).toBeVisible();
  await page.reload();
  await expect(page.locator(".gx-inline-text").filter({ hasText: "今日（离线写）议题：报价与交期" })).toBeVisible();
});
