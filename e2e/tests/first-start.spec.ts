import { expect, test } from "@playwright/test";
import { field } from "../support/screens.ts";
import { type GuanxiServer, startEmptyServer } from "../support/server.ts";

let server: GuanxiServer;

test.beforeAll(async () => {
  server = await startEmptyServer("first-start");
});

test.afterAll(async () => {
  await server.stop();
});

test("a new server leads to its first administrator, then to an empty company, and asks nobody twice", async ({
  page,
  browser,
}) => {
  const errors: Error[] = [];
  page.on("pageerror", (error) => errors.push(error));
  await page.goto(server.url);
  await expect(page).toHaveURL(/\/setup$/);
  await expect(page.getByRole("heading", { level: 1, name: "初始化企业空间" })).toBeVisible();
  await expect(page.getByLabel("企业名称")).toBeFocused();
  // Nobody can sign in yet, so nobody is asked to.
  await page.goto(`${server.url}/login`);
  await expect(page).toHaveURL(/\/setup$/);

  await page.getByRole("button", { name: "创建并登录" }).click();
  await expect(page.getByText("请填写企业名称")).toBeVisible();
  await expect(page.getByText("请填写您的姓名")).toBeVisible();
  await expect(page.getByText("请填写邮箱")).toBeVisible();

  await page.getByLabel("企业名称").fill("青禾农机有限公司");
  await page.getByLabel("您的姓名").fill("司马青");
  await page.getByLabel("邮箱").fill("admin@qinghe.example");
  // What the server alone knows of passwords comes back to their field, and nothing is lost.
  await page.getByLabel("设置密码").fill("password1234");
  await page.getByRole("button", { name: "创建并登录" }).click();
  await expect(page.locator(".ant-form-item").filter({ hasText: "设置密码" })).toContainText("这个密码很多人在用");
  await expect(page.getByText("这个密码很多人在用")).toHaveCount(1);
  await expect(page.getByLabel("企业名称")).toHaveValue("青禾农机有限公司");
  await page.getByLabel("设置密码").fill("红旗 渠水 拖拉机 42");
  await page.keyboard.press("Enter");

  await expect(page).toHaveURL(/\/home$/);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("司马青");
  await expect(page.getByRole("banner")).toContainText("青禾农机有限公司");
  // It is no demo, and says what to begin with.
  await expect(page.getByText("演示空间")).toHaveCount(0);
  await expect(page.getByText("欢迎使用，青禾农机有限公司")).toBeVisible();
  for (const begin of ["导入客户", "新建第一个客户", "添加同事", "调整字段"]) {
    await expect(page.getByText(begin, { exact: true })).toBeVisible();
  }
  await page.getByText("新建第一个客户", { exact: true }).click();
  await field(page, "name").getByRole("textbox").fill("第一家客户");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("heading", { level: 1, name: "第一家客户" })).toBeVisible();
  await page.goto(`${server.url}/home`);
  await expect(page.getByText("欢迎使用，青禾农机有限公司")).toHaveCount(0);

  // Whoever comes later is told that it is done, and signs in.
  const later = await (await browser.newContext({ locale: "zh-CN" })).newPage();
  await later.goto(`${server.url}/setup`);
  await expect(later.getByText("该服务器已完成初始化")).toBeVisible();
  await later.getByRole("link", { name: "登录" }).click();
  await expect(later).toHaveURL(/\/login/);
  await expect(later.getByText("演示账号")).toHaveCount(0);
  await later.getByLabel("邮箱").fill("admin@qinghe.example");
  await later.getByLabel("密码").fill("红旗 渠水 拖拉机 42");
  await later.keyboard.press("Enter");
  await expect(later).toHaveURL(/\/home/);
  await later.context().close();
  expect(errors).toEqual([]);
});
