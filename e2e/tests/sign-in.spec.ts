import { demoEmail, demoPassword, signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("a wrong password says so and keeps the address, the right one opens the home page", async ({ page }) => {
  await page.goto("/o/account");
  await expect(page.getByRole("heading", { name: "欢迎回来" })).toBeVisible();
  await page.getByLabel("邮箱").fill(demoEmail("operator"));
  await page.getByLabel("密码", { exact: true }).fill("not-the-password");
  await page.getByRole("button", { name: "登录" }).click();
  await expect(page.getByRole("alert")).toContainText("邮箱或密码不正确");
  await expect(page.getByLabel("邮箱")).toHaveValue(demoEmail("operator"));

  await page.getByLabel("密码", { exact: true }).fill(demoPassword);
  await page.getByRole("button", { name: "登录" }).click();
  // Whoever came for a page gets that page.
  await expect(page).toHaveURL(/\/o\/account/);
  await expect(page.getByRole("grid", { name: "客户" })).toBeVisible();
});

test("the form says what is missing before it asks the server", async ({ page }) => {
  await page.goto("/login");
  await page.getByLabel("邮箱").fill("nobody");
  await page.getByRole("button", { name: "登录" }).click();
  await expect(page.getByText("请输入有效的邮箱地址")).toBeVisible();
  await expect(page.getByText("请填写密码")).toBeVisible();
});

test("a demo role fills in the form", async ({ page }) => {
  await page.goto("/login");
  await page.getByRole("button", { name: "销售经理" }).click();
  await expect(page.getByLabel("邮箱")).toHaveValue(demoEmail("salesmanager"));
  await page.getByRole("button", { name: "登录" }).click();
  await expect(page).toHaveURL(/\/home/);
});

test("signing out ends the session", async ({ page }) => {
  await signIn(page, "analyst", "/home");
  await page.locator(".gx-user-button").click();
  await page.getByRole("menuitem", { name: "退出登录" }).click();
  await expect(page.getByRole("heading", { name: "欢迎回来" })).toBeVisible();
  expect((await page.request.get("/api/v1/me")).status()).toBe(401);
  await page.goto("/home");
  await expect(page).toHaveURL(/\/login/);
});
