import { expectAccessible } from "../support/accessibility.ts";
import { encodeGb18030 } from "../support/gb18030.ts";
import { overflow, uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("on a phone a file is mapped, a row is mended in its card, and all is imported", async ({ page }) => {
  await signIn(page, "admin", "/import/account");
  const word = uniqueName("机");
  const rows = ["客户名称,公司邮箱", `${word}一,one@example.com`, `${word}二,two-at-example`];
  await page
    .locator("input[type=file]")
    .setInputFiles({ name: "名单.csv", mimeType: "text/csv", buffer: encodeGb18030(`${rows.join("\r\n")}\r\n`) });
  await expect(page.getByRole("table", { name: "对应字段" })).toContainText(`${word}一`);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await page.getByRole("button", { name: "如何读取“公司邮箱”" }).click();
  await expect(page.getByRole("dialog").locator(".gx-import-tried")).toContainText("one@example.com");
  await page.getByRole("dialog").getByRole("button", { name: "完成" }).click();

  await page.getByRole("button", { name: "检查数据" }).click();
  const box = page.getByLabel("公司邮箱", { exact: true });
  await expect(box).toHaveValue("two-at-example");
  await expectAccessible(page);
  await box.fill("two@example.com");
  await box.press("Enter");
  await expect(page.getByText("这一行可以导入了")).toBeVisible();
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await page.getByRole("button", { name: "导入 2 条" }).click();
  await expect(page.getByText("导入完成", { exact: true })).toBeVisible();
  expect(await overflow(page)).toBeLessThanOrEqual(0);
});
