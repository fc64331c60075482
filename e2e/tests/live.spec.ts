import type { WebSocketRoute } from "@playwright/test";
import { changeRecord, createRecord, deleteRecord } from "../support/api.ts";
import { another, openLive } from "../support/live.ts";
import { field, uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

const listOf = (name: string) => `/o/account?filter=${encodeURIComponent(`name.contains('${name}')`)}&sort=name`;

test("a list changes in place as others work", async ({ page, browser, server }) => {
  const name = uniqueName("实时客户");
  const other = await another(browser, server.url, "sales");
  const first = await createRecord(other.page, other.me, "account", { name: `${name}乙`, kind: "company" });
  await signIn(page, "salesmanager");
  await openLive(page, listOf(name), "account");
  const rows = page.locator(".gx-row:not(.gx-row-coming)");
  await expect(rows).toHaveCount(1);

  // Two come in: they wait above, and the row that is there does not move.
  const before = await rows.first().boundingBox();
  await createRecord(other.page, other.me, "account", { name: `${name}甲`, kind: "company" });
  await createRecord(other.page, other.me, "account", { name: `${name}丙`, kind: "company" });
  await createRecord(other.page, other.me, "account", { name: uniqueName("别的"), kind: "company" });
  const fresh = page.getByRole("button", { name: "2 条新记录" });
  await expect(fresh).toBeVisible();
  await expect(rows).toHaveCount(1);
  expect(await rows.first().boundingBox()).toEqual(before);
  await fresh.click();
  await expect(rows).toHaveCount(3);
  await expect(fresh).toBeHidden();

  // One is renamed, and is so where it stands.
  await changeRecord(other.page, other.me, "account", first.id, { name: `${name}乙改名` });
  await expect(rows.filter({ hasText: `${name}乙改名` })).toHaveCount(1);

  // One is deleted: it says by whom, and then it goes.
  await deleteRecord(other.page, other.me, "account", first.id);
  await expect(rows.filter({ hasText: `已被${other.me.user.name}删除` })).toHaveCount(1);
  await expect(rows).toHaveCount(2);
});

test("a record page shows what others change, and its history with it", async ({ page, browser, server }) => {
  const other = await another(browser, server.url, "sales");
  const name = uniqueName("实时记录");
  const account = await createRecord(other.page, other.me, "account", { name, kind: "company" });
  await signIn(page, "salesmanager");
  await openLive(page, `/r/account/${account.id}`, "account");
  await expect(page.getByRole("heading", { name })).toBeVisible();
  await changeRecord(other.page, other.me, "account", account.id, { name: `${name}二` });
  await expect(page.getByRole("heading", { name: `${name}二` })).toBeVisible();
});

test("what happened while the network was gone is there when it is back", async ({ page, browser, server }) => {
  const other = await another(browser, server.url, "sales");
  const name = uniqueName("断网客户");
  const account = await createRecord(other.page, other.me, "account", { name, kind: "company" });
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
  await page.goto(listOf(name));
  const rows = page.locator(".gx-row:not(.gx-row-coming)");
  await expect(rows).toHaveCount(1);
  await expect.poll(() => open.size).toBe(1);

  cut = true;
  for (const socket of open) await socket.close({ code: 3001 });
  await expect(page.getByText("未实时更新")).toBeVisible();
  await changeRecord(other.page, other.me, "account", account.id, { name: `${name}之后` });
  cut = false;
  await expect(rows.filter({ hasText: `${name}之后` })).toHaveCount(1, { timeout: 40_000 });
  await expect(page.getByText("未实时更新")).toBeHidden();
});

test("two who are at one record see each other, and who edits what", async ({ page, browser, server }) => {
  const other = await another(browser, server.url, "sales");
  const account = await createRecord(other.page, other.me, "account", {
    name: uniqueName("同看客户"),
    kind: "company",
  });
  await signIn(page, "salesmanager");
  await openLive(page, `/r/account/${account.id}`, "account");
  const there = page.getByRole("list", { name: "正在看这里的人" });
  await expect(there).toBeHidden();
  await other.page.goto(`/r/account/${account.id}`);
  await expect(there.getByText(`${other.me.user.name}正在查看`)).toBeAttached();
  await other.page.getByRole("button", { name: "编辑", exact: true }).click();
  await field(other.page, "website").getByRole("textbox").focus();
  await expect(there.getByText(`${other.me.user.name}正在编辑“网址”`)).toBeAttached();
  await other.page.context().close();
  await expect(there).toBeHidden({ timeout: 5_000 });
});

test("two edit one record: different fields merge, the same one is a choice that loses nothing", async ({
  page,
  browser,
  server,
}) => {
  const other = await another(browser, server.url, "sales");
  const name = uniqueName("同改客户");
  const account = await createRecord(other.page, other.me, "account", { name, kind: "company" });
  await signIn(page, "salesmanager");
  await openLive(page, `/r/account/${account.id}`, "account");
  const edit = async () => {
    await page.getByRole("button", { name: "编辑", exact: true }).click();
    await expect(field(page, "name").getByRole("textbox")).toBeVisible();
  };
  const save = () => page.locator(".gx-form-foot").getByRole("button", { name: "保存", exact: true }).click();

  await edit();
  await field(page, "website").getByRole("textbox").fill("https://mine.example.com");
  await changeRecord(other.page, other.me, "account", account.id, { name: `${name}二` });
  await expect(field(page, "name").getByText(`${other.me.user.name}刚刚改为`)).toBeVisible();
  await save();
  await expect(page.getByRole("heading", { name: `${name}二` })).toBeVisible();
  await expect(page.getByText("mine.example.com").first()).toBeVisible();

  await edit();
  await field(page, "name").getByRole("textbox").fill(`${name}我的`);
  await changeRecord(other.page, other.me, "account", account.id, { name: `${name}对方` });
  await expect(field(page, "name").getByText(`${other.me.user.name}刚刚改为`)).toBeVisible();
  await save();
  const dialog = page.getByRole("dialog", { name: "有人同时修改了这条记录" });
  for (const value of [`${name}我的`, `${name}对方`, `${name}二`]) await expect(dialog.getByText(value)).toBeVisible();
  await dialog.getByRole("radio", { name: /对方的值/ }).focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowDown");
  await expect(dialog.getByRole("radio", { name: /修改前的值/ })).toBeChecked();
  await dialog.getByRole("button", { name: "按选择保存" }).click();
  await expect(page.getByRole("heading", { name: `${name}二`, exact: true })).toBeVisible();
});
