import { readFile } from "node:fs/promises";
import type { Locator, Page } from "@playwright/test";
import { type ApiRecord, createRecord, listOf, waitUntilFound } from "../support/api.ts";
import { choose, row, toast, uniqueName } from "../support/screens.ts";
import { type Me, signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

/** Two customers of one's own in a list, both ticked. */
async function twoTicked(page: Page): Promise<{ me: Me; word: string; made: ApiRecord[]; bar: Locator }> {
  const me = await signIn(page, "salesmanager");
  const word = uniqueName("选中");
  const made: ApiRecord[] = [];
  for (const n of ["甲", "乙"]) made.push(await createRecord(page, me, "account", { name: word + n, kind: "company" }));
  const [first] = made;
  if (!first) throw new Error("nothing was made");
  await page.goto(listOf("account", ...made));
  await expect(page.locator(".gx-row[role=row]")).toHaveCount(2);
  await page.getByRole("checkbox", { name: "选择已加载的全部" }).click();
  return { me, word, made, bar: page.getByRole("toolbar", { name: "已选 2 条" }) };
}

async function read(page: Page, record: ApiRecord | undefined): Promise<ApiRecord> {
  return await (await page.request.get(`/api/v1/records/account/${record?.id}`)).json();
}

const labels = (record: ApiRecord) => (record.tags as { label: string }[]).map((tag) => tag.label);

test("the ticked records are tagged, with a tag that is made on the way, and untagged", async ({ page }) => {
  const { made, bar } = await twoTicked(page);
  const tag = uniqueName("展会");
  await bar.getByRole("button", { name: "标签" }).click();
  const dialog = page.getByRole("dialog", { name: "标签" });
  await dialog.locator("#bulk-value").click();
  await dialog.locator("#bulk-value").fill(tag);
  await page.getByRole("button", { name: `新建“${tag}”` }).click();
  const form = page.getByRole("dialog", { name: "新建标签" });
  await expect(form.locator('[data-field="name"]').getByRole("textbox")).toHaveValue(tag);
  await page.keyboard.press("Control+Enter");
  await expect(form).toBeHidden();
  await expect(dialog).toContainText(tag);
  await dialog.getByRole("button", { name: /修\s*改/ }).click();
  await expect(toast(page, "已修改 2 条")).toBeVisible();
  for (const record of made) expect(labels(await read(page, record))).toEqual([tag]);

  await page.getByRole("checkbox", { name: "选择已加载的全部" }).click();
  await bar.getByRole("button", { name: "标签" }).click();
  await dialog.getByText("移除标签").click();
  await dialog.locator("#bulk-value").click();
  await waitUntilFound(page, tag);
  await dialog.locator("#bulk-value").fill(tag);
  await choose(page, tag);
  await page.keyboard.press("Escape");
  await dialog.getByRole("button", { name: /修\s*改/ }).click();
  await expect.poll(async () => labels(await read(page, made[0]))).toEqual([]);
});

test("the ticked records are given to a colleague", async ({ page }) => {
  const { me, word, made, bar } = await twoTicked(page);
  await bar.getByRole("button", { name: "分配负责人" }).click();
  const dialog = page.getByRole("dialog", { name: "分配负责人" });
  await expect(dialog.getByRole("button", { name: /修\s*改/ })).toBeDisabled();
  const users = await page.request.get("/api/v1/records/user", {
    params: { filter: "email == 'sales2@xinghe.example'", fields: "name" },
  });
  const colleague = (await users.json()).items[0] as ApiRecord & { name: { full?: string } | string };
  const name = typeof colleague.name === "string" ? colleague.name : (colleague.name.full ?? "");
  await dialog.locator("#bulk-value").click();
  await dialog.locator("#bulk-value").fill(name);
  await choose(page, name);
  await dialog.getByRole("button", { name: /修\s*改/ }).click();
  await expect(toast(page, "已修改 2 条")).toBeVisible();
  for (const record of made) expect((await read(page, record)).owner).toMatchObject({ id: colleague.id });
  expect(colleague.id).not.toBe(me.user.id);
  await expect(row(page, word).first()).toContainText(name);
});

test("only the ticked records are exported, as the columns stand", async ({ page }) => {
  const { word, bar } = await twoTicked(page);
  await row(page, `${word}乙`).getByRole("checkbox").click();
  const one = page.getByRole("toolbar", { name: "已选 1 条" });
  await expect(bar).toHaveCount(0);
  const download = page.waitForEvent("download");
  await one.getByRole("button", { name: "导出" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/\.xlsx$/);
  const bytes = await readFile(await file.path());
  expect(bytes.subarray(0, 2).toString("latin1")).toBe("PK");

  // The same as text, from the menu of the list, to read what is in it.
  await page.getByRole("button", { name: "取消选择" }).click();
  await page.getByRole("main").getByRole("button", { name: "更多", exact: true }).click();
  const table = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "导出 CSV" }).click();
  const text = (await readFile(await (await table).path())).toString("utf8");
  expect(text).toContain(`${word}甲`);
  expect(text).toContain(`${word}乙`);
  expect(text.trim().split("\n")).toHaveLength(3);
});
