import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { waitUntilFound } from "../support/api.ts";
import { toast, uniqueName } from "../support/screens.ts";
import { type Me, signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

/** Customers of one's own, found by a word. */
async function makeMany(page: Page, me: Me, word: string, count: number): Promise<void> {
  const operations = Array.from({ length: count }, (_, n) => ({
    op: "create",
    values: { name: `${word}${String(n).padStart(3, "0")}`, kind: "company" },
  }));
  const answer = await page.request.post("/api/v1/records/account/batch", {
    data: { mode: "all_or_nothing", operations },
    headers: { "X-CSRF-Token": me.csrf_token },
  });
  expect(answer.status(), await answer.text()).toBe(200);
}

const byName = (word: string) => `/o/account?view=all&filter=${encodeURIComponent(`name.startsWith('${word}')`)}`;

async function menu(page: Page, entry: string): Promise<void> {
  await page.getByRole("main").getByRole("button", { name: "更多", exact: true }).click();
  await page.getByRole("menuitem", { name: entry }).click();
}

test("what a search finds is exported, as JSON too", async ({ page }) => {
  const me = await signIn(page, "salesmanager");
  const word = uniqueName("导出寻");
  await makeMany(page, me, word, 3);
  await waitUntilFound(page, `${word}001`);
  await page.goto(`/o/account?view=all&q=${encodeURIComponent(`${word}001`)}`);
  await expect(page.locator(".gx-row[role=row]")).toHaveCount(1);
  const download = page.waitForEvent("download");
  await menu(page, "导出 JSON");
  const records = JSON.parse(await readFile(await (await download).path(), "utf8"));
  expect(records.map((record: { name: string }) => record.name)).toEqual([`${word}001`]);
});

test("hundreds of ticked rows are exported in the background, saved when they are there, and found among my exports", async ({
  page,
}) => {
  const me = await signIn(page, "salesmanager");
  const word = uniqueName("导出多");
  await makeMany(page, me, word, 210);
  await page.goto(byName(word));
  // The first page is small; the others come as one goes down.
  const grid = page.getByRole("grid");
  await expect(grid.getByText(`${word}`, { exact: false }).first()).toBeVisible();
  await expect(async () => {
    await grid.evaluate((it) => it.scrollTo({ top: it.scrollHeight }));
    await page.getByRole("checkbox", { name: "选择已加载的全部" }).click();
    await expect(page.getByRole("toolbar", { name: "已选 210 条" })).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 30_000 });
  const bar = page.getByRole("toolbar", { name: "已选 210 条" });
  const download = page.waitForEvent("download");
  await bar.getByRole("button", { name: /导\s*出/ }).click();
  await expect(page.getByText("正在准备导出文件")).toBeVisible();
  expect((await download).suggestedFilename()).toMatch(/^account-.*\.xlsx$/);
  await expect(toast(page, "导出完成，共 210 条")).toBeVisible();

  await page.goto("/o/account");
  await menu(page, "我的导出");
  const row = page.getByRole("listitem").filter({ hasText: ".xlsx" }).first();
  await expect(row).toContainText("可下载");
  await expect(row).toContainText("210 条");
  const again = page.waitForEvent("download");
  await row.getByRole("button", { name: /下\s*载/ }).click();
  expect((await readFile(await (await again).path())).subarray(0, 2).toString()).toBe("PK");
  await row.getByRole("button", { name: "删除文件" }).click();
  await expect(row).toContainText("已取消");
  // It was told in the bell as well.
  await page.goto("/notifications");
  await page
    .getByText(/导出“account-.*”已完成/)
    .first()
    .click();
  await expect(page).toHaveURL(/\/profile\/exports/);
});

test("a change of everything that matches names how many, and a search can be changed too", async ({ page }) => {
  const me = await signIn(page, "salesmanager");
  const word = uniqueName("全改");
  // More than the two pages that are loaded at once.
  await makeMany(page, me, word, 300);
  await waitUntilFound(page, `${word}299`);
  await page.goto(`/o/account?view=all&q=${encodeURIComponent(word)}`);
  await expect(page.locator(".gx-row[role=row]").first()).toBeVisible();
  await page.getByRole("checkbox", { name: "选择已加载的全部" }).click();
  await page.getByRole("button", { name: "选择全部符合条件的记录" }).click();
  const bar = page.getByRole("toolbar", { name: "已选 300 条" });
  await expect(bar).toContainText("已选全部 300 条");
  const sent = page.waitForRequest((request) => request.url().endsWith("/bulk"));
  await bar.getByRole("button", { name: /删\s*除/ }).click();
  const dialog = page.getByRole("dialog", { name: "将 300 条记录移入回收站？" });
  await dialog.getByRole("button", { name: /删\s*除/ }).click();
  expect((await sent).postDataJSON()).toMatchObject({ q: word, expected_count: 300 });
  await expect(toast(page, "300 条已移入回收站")).toBeVisible();
});

test("more than one change may be of is said, and only the export goes on", async ({ page }) => {
  const me = await signIn(page, "salesmanager");
  const word = uniqueName("太多");
  await makeMany(page, me, word, 300);
  await page.route("**/bulk/terms**", (route) => route.fulfill({ json: { records: 12_345, most: 10_000 } }));
  await page.goto(byName(word));
  await expect(page.locator(".gx-row[role=row]").first()).toBeVisible();
  await page.getByRole("checkbox", { name: "选择已加载的全部" }).click();
  await page.getByRole("button", { name: "选择全部符合条件的记录" }).click();
  const bar = page.getByRole("toolbar", { name: "已选 12,345 条" });
  await expect(bar).toContainText("一次最多更改 10,000 条");
  await expect(bar.getByRole("button", { name: /删\s*除/ })).toBeDisabled();
  await expect(bar.getByRole("button", { name: /导\s*出/ })).toBeEnabled();
});

test("taking back a bulk change from one record says how many it is about, and can be of that one alone", async ({
  page,
}) => {
  const me = await signIn(page, "salesmanager");
  const word = uniqueName("撤销问");
  await makeMany(page, me, word, 3);
  const filter = `name.startsWith('${word}')`;
  const bulk = await page.request.post("/api/v1/records/account/bulk", {
    data: { filter, change: { update: { level: "a" } }, expected_count: 3 },
    headers: { "X-CSRF-Token": me.csrf_token },
  });
  expect(bulk.status()).toBe(200);
  const levels = async () => {
    const answer = await page.request.get("/api/v1/records/account", { params: { filter, sort: "name" } });
    return (await answer.json()).items.map((item: { level: string }) => item.level);
  };
  const [first] = (
    await (await page.request.get("/api/v1/records/account", { params: { filter, sort: "name" } })).json()
  ).items;
  await page.goto(`/r/account/${first.id}?tab=history`);
  const undo = page.getByRole("button", { name: /^撤\s*销$/ }).first();
  await undo.click();
  const dialog = page.getByRole("dialog", { name: "这次更改涉及 3 条记录" });
  await dialog.getByRole("button", { name: "仅撤销这一条" }).click();
  await expect.poll(levels).toEqual(["c", "a", "a"]);
  await page.goto("/o/account");
  const other = (
    await (await page.request.get("/api/v1/records/account", { params: { filter, sort: "-name" } })).json()
  ).items[0];
  await page.goto(`/r/account/${other.id}?tab=history`);
  await page
    .getByRole("button", { name: /^撤\s*销$/ })
    .first()
    .click();
  await dialog.getByRole("button", { name: "撤销全部 3 条" }).click();
  await expect.poll(levels).toEqual(["c", "c", "c"]);
});
