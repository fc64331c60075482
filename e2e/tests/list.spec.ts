import { type ApiRecord, createRecord, listOf } from "../support/api.ts";
import { choose, row, saved, toast, uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("many records are changed at once, and changed back", async ({ page }) => {
  const me = await signIn(page, "sales");
  const word = uniqueName("批量");
  const made: ApiRecord[] = [];
  for (const n of ["甲", "乙", "丙"]) {
    made.push(await createRecord(page, me, "account", { name: `${word}${n}`, kind: "company", level: "d" }));
  }
  const levels = async () => {
    const filter = `id in [${made.map(({ id }) => `'${id}'`).join(", ")}]`;
    const answer = await page.request.get("/api/v1/records/account", { params: { filter, fields: "level" } });
    return (await answer.json()).items.map((item: { level: string }) => item.level);
  };
  await page.goto(listOf("account", ...made));
  await expect(page.locator(".gx-row[role=row]")).toHaveCount(3);
  await page.getByRole("checkbox", { name: "选择已加载的全部" }).click();
  const bar = page.getByRole("toolbar", { name: "已选 3 条" });
  await bar.getByRole("button", { name: "编辑字段" }).click();
  const dialog = page.getByRole("dialog", { name: "批量修改 3 条记录" });
  await dialog.locator("#bulk-field").click();
  await dialog.locator("#bulk-field").fill("客户级别");
  await choose(page, "客户级别");
  await dialog.locator("#bulk-value").click();
  await choose(page, /^A/);
  await dialog.getByRole("button", { name: /^修\s*改$/ }).click();
  await expect(toast(page, "已修改 3 条")).toBeVisible();
  expect(await levels()).toEqual(["a", "a", "a"]);
  await toast(page, "已修改 3 条")
    .getByRole("button", { name: /撤\s*销/ })
    .click();
  await expect(toast(page, "已撤销")).toBeVisible();
  expect(await levels()).toEqual(["d", "d", "d"]);
});

test("a cell is edited in the list with the keyboard, and the edit undone", async ({ page }) => {
  const me = await signIn(page, "sales");
  const name = uniqueName("单元格");
  const made = await createRecord(page, me, "account", { name, kind: "company", level: "d" });
  await page.goto(listOf("account", made));
  await expect(row(page, name)).toHaveCount(1);
  await row(page, name)
    .getByRole("gridcell")
    .nth(1)
    .click({ position: { x: 5, y: 5 } });
  await page.keyboard.press("e");
  const input = page.locator(".gx-cell-editing input");
  await input.fill(`${name}改`);
  await input.press("Enter");
  await expect(toast(page, "客户名称已更新")).toBeVisible();
  await expect(row(page, `${name}改`)).toBeVisible();
  await toast(page, "客户名称已更新")
    .getByRole("button", { name: /撤\s*销/ })
    .click();
  await expect(row(page, `${name}改`)).toHaveCount(0);
  await expect(row(page, name)).toBeVisible();
});

test("what was filtered and sorted is kept as a view of one's own", async ({ page }) => {
  await signIn(page, "sales2", `/o/account?filter=${encodeURIComponent("level == 'a'")}&sort=name`);
  const name = uniqueName("重点");
  await page.locator(".gx-view-button").click();
  await page.getByRole("menuitem", { name: "另存为视图…" }).click();
  const dialog = page.getByRole("dialog", { name: "另存为视图…" });
  await dialog.getByLabel("视图名称").fill(name);
  await dialog.getByRole("button", { name: /保\s*存/ }).click();
  await expect(toast(page, `视图“${name}”已保存`)).toBeVisible();
  await expect(page.locator(".gx-view-button")).toContainText(name);

  await page.goto("/o/account");
  await page.locator(".gx-view-button").click();
  await page.getByRole("menuitem", { name }).click();
  await expect(page).toHaveURL(/view=saved/);
  await expect(page.locator(".gx-row[role=row]").first()).toBeVisible();
  const count = async (filter: string) => {
    const answer = await page.request.get("/api/v1/records/account", { params: { filter, count: "exact", limit: 1 } });
    expect(answer.ok(), await answer.text()).toBe(true);
    return ((await answer.json()) as { count: { value: number } }).count.value;
  };
  const wanted = await count("level == 'a'");
  expect(wanted).toBeLessThan(await count("true"));
  await expect(page.locator(".gx-toolbar-count")).toHaveText(new RegExp(`^\\D*${wanted}\\D*$`));
});

test("a list is sorted by what its records refer to", async ({ page }) => {
  const me = await signIn(page, "sales");
  const word = uniqueName("排序");
  const made: ApiRecord[] = [];
  for (const [company, name] of [
    ["丙", "一"],
    ["甲", "二"],
    ["乙", "三"],
  ]) {
    const account = await createRecord(page, me, "account", { name: `${word}${company}`, kind: "company" });
    made.push(await createRecord(page, me, "contact", { name: `${word}${name}`, account: account.id }));
  }
  await page.goto(listOf("contact", ...made));
  await expect(page.locator(".gx-row[role=row]")).toHaveCount(3);
  const header = page.getByRole("columnheader", { name: "所属客户", exact: true });
  await header.getByRole("button", { name: "所属客户", exact: true }).click();
  await expect(header).toHaveAttribute("aria-sort", "ascending");
  const companies = () =>
    page.locator(".gx-row[role=row]").getByRole("link", { name: new RegExp(`^${word}[甲乙丙]$`) });
  // By pinyin: bing, jia, yi.
  await expect(companies()).toHaveText([`${word}丙`, `${word}甲`, `${word}乙`]);
  await header.getByRole("button", { name: "所属客户", exact: true }).click();
  await expect(header).toHaveAttribute("aria-sort", "descending");
  await expect(companies()).toHaveText([`${word}乙`, `${word}甲`, `${word}丙`]);
});

test("deleting asks, moves to the bin, and is undone", async ({ page }) => {
  const me = await signIn(page, "salesmanager");
  const name = uniqueName("删除");
  const made = await createRecord(page, me, "account", { name, kind: "company" });
  await page.goto(listOf("account", made));
  await row(page, name).getByRole("checkbox").click();
  await page.getByRole("toolbar", { name: /已选/ }).getByRole("button", { name: "删除" }).click();
  const gone = saved(page, "POST", "/bulk");
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /删\s*除/ })
    .click();
  await gone;
  await expect(row(page, name)).toHaveCount(0);
  await toast(page, "移入回收站")
    .getByRole("button", { name: /撤\s*销/ })
    .click();
  await expect(row(page, name)).toBeVisible();
  expect((await page.request.get(`/api/v1/records/account/${made.id}`)).status()).toBe(200);
});
