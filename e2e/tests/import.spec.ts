import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { expectAccessible } from "../support/accessibility.ts";
import { encodeGb18030 } from "../support/gb18030.ts";
import { uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

/** How many records of an object bear a word in a text field. */
async function count(page: Page, object: string, word: string, field = "name"): Promise<number> {
  const answer = await page.request.get(`/api/v1/records/${object}`, {
    params: { filter: `${field}.contains('${word}')`, limit: "500" },
  });
  return (await answer.json()).items.length;
}

const send = (page: Page, name: string, rows: string[], encode = encodeGb18030) =>
  page.locator("input[type=file]").setInputFiles({
    name,
    mimeType: "text/csv",
    buffer: encode(`${rows.join("\r\n")}\r\n`),
  });

/** Chooses an option; typing narrows a list down that can be searched, and does nothing to the others. */
const choose = async (page: Page, box: string | RegExp, option: string) => {
  await page.getByRole("combobox", { name: box }).click();
  await page.keyboard.type(option);
  await page
    .locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option")
    .filter({ hasText: option })
    .first()
    .click();
};

test("a GB18030 file with a bad row: checked first, imported, the bad row handed back, all undone", async ({
  page,
}) => {
  await signIn(page, "admin", "/import/account");
  const word = uniqueName("导入");
  await send(page, "客户名单.csv", [
    "客户名称,客户级别,电话,公司邮箱",
    `${word}华东分公司,A 重点,021-68881111,east@example.com`,
    `${word}华南分公司,B 重要,020-38882222,not-an-address`,
    `${word}西南分公司,C 普通,028-86663333,west@example.com`,
  ]);
  await expect(page.getByText(/GB18030|GBK/i)).toBeVisible();
  await expect(page.getByRole("table", { name: "对应字段" })).toContainText(`${word}华东分公司`);
  await page.getByRole("button", { name: "检查数据" }).click();

  const counts = page.locator(".gx-import-counts");
  await expect(counts.locator("[data-kind=create] dd")).toHaveText("2");
  await expect(counts.locator("[data-kind=reject] dd")).toHaveText("1");
  await expect(page.getByRole("grid", { name: "有问题的行" })).toContainText("not-an-address");
  expect(await count(page, "account", word), "nothing is written by a check").toBe(0);

  await page.getByRole("button", { name: "导入 2 条" }).click();
  await expect(page.getByText("导入完成，有一部分行未能导入")).toBeVisible();
  expect(await count(page, "account", word)).toBe(2);

  const link = page.getByRole("link", { name: "下载未能导入的行" });
  const rejected = await page.request.get((await link.getAttribute("href")) ?? "");
  expect(rejected.status()).toBe(200);
  expect(rejected.headers()["content-disposition"]).toContain("attachment");
  expect(await rejected.text()).toContain("not-an-address");
  expect(await rejected.text()).not.toContain("east@example.com");

  // The row that was refused is mended where it stands and imported by itself.
  const grid = page.getByRole("grid", { name: "有问题的行" });
  await grid.getByRole("gridcell", { name: "not-an-address" }).dblclick();
  await page.keyboard.press("Control+A");
  await page.keyboard.type("south@example.com");
  await page.keyboard.press("Enter");
  await expect(grid).toContainText("这一行可以导入了");
  await page.getByRole("button", { name: "导入改好的行" }).click();
  await expect(page.getByText("导入完成", { exact: true })).toBeVisible();
  expect(await count(page, "account", word)).toBe(3);

  // Each row leads to its record, also the one that came later, and the list holds those of this import alone.
  const rows = page.getByRole("region", { name: "每一行去了哪里" });
  await expect(rows.getByRole("listitem")).toHaveText([/第 2 行.*华东/, /第 3 行.*华南/, /第 4 行.*西南/]);
  await rows.getByRole("link", { name: `${word}华南分公司` }).click();
  await expect(page.getByRole("heading", { level: 1, name: `${word}华南分公司` })).toBeVisible();
  await page.goBack();
  await page.getByRole("link", { name: "查看客户" }).click();
  await expect(page.getByRole("grid").getByRole("row").filter({ hasText: word })).toHaveCount(3);
  await expect(page).toHaveURL(/sourceChange/);
  await page.goBack();

  await page.getByRole("button", { name: "撤销此次导入" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "撤销此次导入" }).click();
  await expect(page.getByRole("button", { name: "已撤销" })).toBeVisible();
  // Whoever comes back to it is told so too.
  await page.reload();
  await expect(page.getByRole("button", { name: "已撤销" })).toBeDisabled();
  expect(await count(page, "account", word)).toBe(0);
});

test("a messy sheet: accounts, contacts and opportunities of each row, two rows mended in place, the mapping kept for the next", async ({
  page,
}) => {
  test.slow();
  await signIn(page, "admin", "/import/account");
  const word = uniqueName("多");
  const head = `客户名称,级别,所在地,联系人,手机,邮箱,商机,金额（万元）,预计成交日期,${word}附注`;
  await send(page, `${word}展会.csv`, [
    head,
    `${word}一厂 ,A 重点,广东省/深圳市,张三,138 0013 8001,z3@example.com,${word}线体改造,120,20270315,`,
    `${word}二厂,B 重要,江苏省/苏州市,李四,13800138002,l4@example,${word}检测设备,35.5,20270401,`,
    `${word}三厂,C 普通,无,王五,13800138003,w5@example.com,${word}备件,8,2027年13月1日,`,
    `${word}四厂,C 普通,无,,,,,,,`,
  ]);
  const table = page.getByRole("table", { name: "对应字段" });
  await expect(table).toContainText(`${word}一厂`);

  // Two further records of each row, linked to the account and to each other.
  const parts = page.locator(".gx-import-parts");
  await parts.getByRole("button", { name: "每行还要新建…" }).click();
  await page.getByRole("menuitem", { name: "联系人", exact: true }).click();
  await expect(parts.getByRole("tab", { name: /联系人/ })).toHaveAttribute("aria-selected", "true");
  await expect(page.getByRole("list", { name: "同一行的记录如何关联" })).toContainText("同一行的客户");
  await parts.getByRole("button", { name: "每行还要新建…" }).click();
  await page.getByRole("menuitem", { name: "商机", exact: true }).click();
  await expect(parts.getByRole("tab", { name: /商机/ })).toHaveAttribute("aria-selected", "true");
  await choose(page, /“客户名称”对应的字段/, "不导入");
  await choose(page, /“商机”对应的字段/, "商机名称");
  await choose(page, /“金额（万元）”对应的字段/, "金额");
  await choose(page, /“预计成交日期”对应的字段/, "预计成交日期");
  await choose(page, "商机的“主要联系人”", "同一行的联系人");

  // In what the amounts are written is said once, and shown at once.
  await page.getByRole("button", { name: "如何读取“金额（万元）”" }).click();
  const drawer = page.getByRole("dialog", { name: "如何读取“金额（万元）”" });
  await choose(page, "数量单位", "万");
  await expect(drawer.locator(".gx-import-tried")).toContainText(/1,?200,?000/);
  await drawer.getByRole("button", { name: "完成" }).click();

  // One column for two parts of the address.
  await parts.getByRole("tab", { name: /^客户/ }).click();
  await choose(page, /“级别”对应的字段/, "客户级别");
  for (const name of ["联系人", "手机", "邮箱", "商机", "金额（万元）", "预计成交日期"]) {
    await choose(page, new RegExp(`“${name}”对应的字段`), "不导入");
  }
  await choose(page, /“所在地”对应的字段/, "地址：省");
  await page.getByRole("button", { name: "“所在地”再用一次" }).click();
  await expect(page.getByRole("button", { name: "“所在地”去掉这一次" })).toBeVisible();
  await page.getByRole("button", { name: "“所在地”去掉这一次" }).click();
  await page.getByRole("button", { name: "如何读取“所在地”" }).click();
  const place = page.getByRole("dialog", { name: "如何读取“所在地”" });
  await place.getByRole("combobox", { name: "以下内容视为空" }).fill("无");
  await page.keyboard.press("Enter");
  await place.getByRole("combobox", { name: "只取其中一段" }).fill("/");
  await page.keyboard.press("Enter");
  await expect(place.locator(".gx-import-tried")).toContainText("广东省");
  await place.getByRole("button", { name: "完成" }).click();

  await page.getByRole("button", { name: "保存为导入方案" }).click();
  await page.getByLabel("方案名称").fill(`${word}展会`);
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /保\s*存/ })
    .click();
  await expect(page.getByText(`已保存导入方案“${word}展会”`)).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("button", { name: "检查数据" }).click();
  const counts = page.locator(".gx-import-counts");
  await expect(counts.locator("[data-kind=reject] dd")).toHaveText("2");
  const each = page.locator(".gx-import-part-counts");
  await expect(each.getByRole("row", { name: /^联系人/ })).toContainText("1");
  const grid = page.getByRole("grid", { name: "有问题的行" });
  await expect(grid).toContainText("l4@example");
  await expectAccessible(page);

  // Both are mended by the keyboard alone: from trouble to trouble.
  const mend = async (text: string) => {
    await page.keyboard.press("Enter");
    await page.keyboard.press("Control+A");
    await page.keyboard.type(text);
    await page.keyboard.press("Tab");
  };
  await grid.getByRole("gridcell", { name: "l4@example", exact: true }).click();
  await mend("l4@example.com");
  await expect(grid).toContainText("这一行可以导入了");
  await page.keyboard.press("F8");
  await mend("2027-05-01");
  await expect(counts.locator("[data-kind=reject] dd")).toHaveText("0");

  await page.getByRole("button", { name: /^导入 \d+ 条$/ }).click();
  await expect(page.getByText("导入完成", { exact: true })).toBeVisible();
  expect(await count(page, "account", word)).toBe(4);
  expect(await count(page, "opportunity", word)).toBe(3);
  const found = await page.request.get("/api/v1/records/opportunity", {
    params: { filter: `name == '${word}线体改造'`, fields: "amount,account,primary_contact" },
  });
  const [deal] = (await found.json()).items;
  expect(Number(deal.amount.amount)).toBe(1_200_000);
  expect(deal.account.label).toContain(`${word}一厂`);
  expect(deal.primary_contact.label).toContain("张三");

  // The next file of this kind finds the mapping by itself.
  await page.getByRole("button", { name: "再导入一个文件" }).click();
  await send(page, `${word}展会二.csv`, [head, `${word}五厂,C 普通,无,,,,,,,`]);
  await expect(page.getByText(`正在使用导入方案“${word}展会”。`)).toBeVisible();
  await expect(parts.getByRole("tab", { name: /商机/ })).toBeVisible();

  // The list of imports leads back to the first one, to take it back: all three objects at once.
  await page.goto("/import/account");
  await page.getByRole("link", { name: `${word}展会.csv`, exact: true }).click();
  await page.getByRole("button", { name: "撤销此次导入" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "撤销此次导入" }).click();
  await expect(page.getByRole("button", { name: "已撤销" })).toBeVisible();
  expect(await count(page, "account", word)).toBe(0);
  expect(await count(page, "opportunity", word)).toBe(0);
});

test("a long import is held, survives its page being closed, goes on, and is stopped", async ({ page }) => {
  test.slow();
  await signIn(page, "admin", "/import/lead");
  const word = uniqueName("长");
  const rows = Array.from({ length: 40_000 }, (_, at) => `${word}${at},${word}公司${at}`);
  await send(page, `${word}.csv`, ["姓名,公司名称", ...rows], (text) => Buffer.from(text, "utf8"));
  await expect(page.getByRole("table", { name: "对应字段" })).toBeVisible();
  await page.getByRole("button", { name: "检查数据" }).click();
  await page.getByRole("button", { name: /^导入/ }).click({ timeout: 60_000 });
  await page.getByRole("button", { name: "暂停" }).click();
  await expect(page.getByRole("heading", { name: "已暂停" })).toBeVisible();
  const held = await page.locator(".gx-import-running .gx-numeric").first().textContent();

  await page.goto("/o/account");
  await page.goto("/import/lead");
  await page.getByRole("link", { name: `${word}.csv`, exact: true }).click();
  await expect(page.getByRole("heading", { name: "已暂停" })).toBeVisible();
  await expect(page.locator(".gx-import-running .gx-numeric").first()).toHaveText(held ?? "");
  await page.getByRole("button", { name: "继续" }).click();
  await expect(page.getByRole("heading", { name: "正在导入…" })).toBeVisible();
  // Held before its first row, it would leave nothing to undo.
  await expect(page.locator(".gx-import-running .gx-numeric").first()).not.toHaveText(held ?? "", { timeout: 60_000 });
  await page.getByRole("button", { name: "停止导入" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "停止导入" }).click();
  await expect(page.getByText("停止之前写入的记录仍然保留，可以撤销。")).toBeVisible();
  await page.getByRole("button", { name: "撤销此次导入" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "撤销此次导入" }).click();
  await expect(page.getByRole("button", { name: "已撤销" })).toBeVisible({ timeout: 60_000 });
});

test("a workbook: the sheet that is meant is chosen, and read anew", async ({ page }) => {
  await signIn(page, "admin", "/import/contact");
  const workbook = fileURLToPath(new URL("../../server/tests/data/group.xlsx", import.meta.url));
  await page.locator("input[type=file]").setInputFiles(workbook);
  const table = page.getByRole("table", { name: "对应字段" });
  await expect(table).toContainText("上级公司");
  await page.getByRole("combobox", { name: "工作表" }).click();
  await page.locator(".ant-select-item-option").filter({ hasText: "联系人" }).click();
  await expect(table).toContainText("汇报对象");
  await expect(table).toContainText("wei@xinghe.example");
  await page.getByRole("button", { name: "检查数据" }).click();
  const counts = page.locator(".gx-import-counts");
  await expect(counts.locator("[data-kind=reject] dd")).toHaveText("2");
  await expect(page.getByRole("grid", { name: "有问题的行" })).toContainText("星河");
});

test("what was said of a file outlives the page; several files wait in the list", async ({ page }) => {
  await signIn(page, "admin", "/import/account");
  const word = uniqueName("存");
  const rows = ["客户名称,备用", `${word},x`];
  await send(page, `${word}甲.csv`, rows);
  await choose(page, /“备用”对应的字段/, "简称");
  await page.reload();
  await expect(page.getByRole("row", { name: /备用/ })).toContainText("简称");

  await page.goto("/import/account");
  const file = (name: string) => ({ name, mimeType: "text/csv", buffer: encodeGb18030(`${rows.join("\r\n")}\r\n`) });
  await page
    .locator("input[type=file]")
    .setInputFiles([file(`${word}乙.csv`), file(`${word}丙.csv`), { ...file(`${word}.exe`) }]);
  await expect(page.getByText("已收到 2 张表，请在下面逐个继续。")).toBeVisible();
  await expect(page.getByRole("alert")).toContainText(`${word}.exe`);
  await page.getByRole("link", { name: `${word}丙.csv`, exact: true }).click();
  await expect(page.getByRole("table", { name: "对应字段" })).toContainText(word);
});
