import { fileURLToPath } from "node:url";
import { encodeGb18030 } from "../support/gb18030.ts";
import { uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("a GB18030 file with a bad row: checked first, imported, the bad row handed back, all undone", async ({
  page,
}) => {
  await signIn(page, "admin", "/import/account");
  const word = uniqueName("导入");
  const rows = [
    "客户名称,客户级别,电话,公司邮箱",
    `${word}华东分公司,A 重点,021-68881111,east@example.com`,
    `${word}华南分公司,B 重要,020-38882222,not-an-address`,
    `${word}西南分公司,C 普通,028-86663333,west@example.com`,
  ];
  await page.locator("input[type=file]").setInputFiles({
    name: "客户名单.csv",
    mimeType: "text/csv",
    buffer: encodeGb18030(`${rows.join("\r\n")}\r\n`),
  });
  await expect(page.getByText(/GB18030|GBK/i)).toBeVisible();
  await expect(page.getByRole("table", { name: "对应字段" })).toContainText(`${word}华东分公司`);
  await page.getByRole("button", { name: "检查数据" }).click();

  const counts = page.locator(".gx-import-counts");
  await expect(counts.locator("[data-kind=create] dd")).toHaveText("2");
  await expect(counts.locator("[data-kind=reject] dd")).toHaveText("1");
  await expect(page.locator(".gx-import-problem-row")).toContainText("not-an-address");
  const count = async () => {
    const answer = await page.request.get("/api/v1/records/account", {
      params: { filter: `name.contains('${word}')` },
    });
    return (await answer.json()).items.length;
  };
  expect(await count(), "nothing is written by a check").toBe(0);

  await page.getByRole("button", { name: "导入 2 条" }).click();
  await expect(page.getByText("导入完成，有一部分行未能导入")).toBeVisible();
  expect(await count()).toBe(2);

  const link = page.getByRole("link", { name: "下载未能导入的行" });
  const rejected = await page.request.get((await link.getAttribute("href")) ?? "");
  expect(rejected.status()).toBe(200);
  expect(rejected.headers()["content-disposition"]).toContain("attachment");
  expect(await rejected.text()).toContain("not-an-address");
  expect(await rejected.text()).not.toContain("east@example.com");

  await page.getByRole("button", { name: "撤销此次导入" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "撤销此次导入" }).click();
  await expect(page.getByRole("button", { name: "已撤销" })).toBeVisible();
  expect(await count()).toBe(0);
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
  await expect(page.locator(".gx-import-problem-row").first()).toContainText("星河");
});
