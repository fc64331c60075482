import { expectAccessible } from "../support/accessibility.ts";
import { createRecord } from "../support/api.ts";
import { saved, uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

/** One page that says "Hello": small enough to be written by hand. */
const PDF = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj
4 0 obj<</Length 44>>stream
BT /F1 24 Tf 60 90 Td (Hello there) Tj ET
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
`;

test("a file is looked at, replaced, brought back and given to somebody outside", async ({
  page,
  browser,
  baseURL,
}) => {
  test.setTimeout(120_000);
  const me = await signIn(page, "sales");
  const account = await createRecord(page, me, "account", { name: uniqueName("文件客户") });
  await page.goto(`/r/account/${account.id}?tab=files`);
  const put = async (name: string, mimeType: string, content: string) => {
    const kept = saved(page, "POST", "/records/note");
    await page.locator('.gx-files input[type="file"]').setInputFiles({ name, mimeType, buffer: Buffer.from(content) });
    await kept;
    await expect(page.getByRole("button", { name: new RegExp(name) })).toBeVisible();
  };
  await put("报价.csv", "text/csv", "品名,数量\n灌装线,2\n");
  await put("offer.pdf", "application/pdf", PDF);

  // The text is read by the server; arrow keys lead to the next file, which is drawn on a canvas.
  await page.getByRole("button", { name: /报价\.csv/ }).click();
  const viewer = page.getByRole("dialog");
  await expect(viewer.getByRole("cell", { name: "灌装线" })).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await expect(viewer.getByText("offer.pdf")).toBeVisible();
  await expect(viewer.getByText("Hello there")).toBeAttached({ timeout: 20_000 });
  await page.keyboard.press("ArrowRight");
  await expect(viewer.getByRole("cell", { name: "灌装线" })).toBeVisible();
  await expectAccessible(page);

  await viewer.getByText(/^版本/).click();
  const replaced = saved(page, "POST", "/versions");
  await viewer.locator('input[type="file"]').setInputFiles({
    name: "报价 2.csv",
    mimeType: "text/csv",
    buffer: Buffer.from("品名,数量\n贴标机,5\n"),
  });
  await replaced;
  await expect(viewer.getByText("版本 2", { exact: true })).toBeVisible();
  await viewer.getByText("预览").click();
  await expect(viewer.getByRole("cell", { name: "贴标机" })).toBeVisible();
  await viewer.getByText(/^版本/).click();
  await viewer.getByRole("button", { name: "恢复" }).click();
  await expect(viewer.getByText("版本 3", { exact: true })).toBeVisible();

  await viewer.getByText("对外链接").click();
  await viewer.getByLabel("密码").fill("open sesame");
  await viewer.getByRole("button", { name: "创建链接" }).click();
  const address = (await viewer.locator(".gx-viewer-link").innerText()).trim();
  const outside = await browser.newContext(baseURL ? { baseURL, locale: "zh-CN" } : {});
  const stranger = await outside.newPage();
  await stranger.goto(address.replace(/^https?:\/\/[^/]+/, ""));
  await stranger.getByLabel("密码").fill("open sesame");
  await stranger.getByRole("button", { name: "打开" }).click();
  await expect(stranger.getByText("报价.csv")).toBeVisible();
  await expectAccessible(stranger);
  const download = stranger.waitForEvent("download");
  await stranger.getByRole("button", { name: "下载" }).click();
  expect((await download).suggestedFilename()).toBe("报价.csv");
  await viewer.getByRole("button", { name: "撤销" }).click();
  await expect(viewer.getByText("已撤销")).toBeVisible();
  await stranger.reload();
  await stranger.goto("about:blank");
  await stranger.goto(address.replace(/^https?:\/\/[^/]+/, ""));
  await expect(stranger.getByRole("heading", { name: "此链接已失效" })).toBeVisible();
  await outside.close();
  await page.keyboard.press("Escape");
  await expect(viewer).toBeHidden();
});
