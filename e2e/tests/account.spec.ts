import { demoEmail, demoPassword, signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("a new member is invited, chooses a password and is in; the link works once", async ({
  page,
  browser,
  server,
}) => {
  await signIn(page, "admin", "/settings/members");
  await page.getByRole("button", { name: "添加成员" }).click();
  const drawer = page.getByRole("dialog", { name: /新建成员/ });
  await drawer.getByLabel("姓名").fill("韩梅");
  await drawer.getByLabel("邮箱").fill("hanmei@xinghe.example");
  await drawer.getByRole("button", { name: "保存", exact: true }).click();
  const signInDrawer = page.getByRole("dialog", { name: "“韩梅”的登录" });
  await expect(signInDrawer.getByText("未邀请")).toBeVisible();
  await signInDrawer.getByRole("button", { name: "发送邀请" }).click();
  const link = (await signInDrawer.locator(".gx-once").innerText()).trim();
  expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/activate#[0-9a-f]{64}$/);
  await expect(signInDrawer.getByText(/已邀请，.* 前有效/)).toBeVisible();

  const context = await browser.newContext({ locale: "zh-CN", baseURL: server.url });
  const guest = await context.newPage();
  await guest.goto(link);
  await expect(guest.getByRole("heading", { name: "韩梅，欢迎加入" })).toBeVisible();
  await expect(guest).toHaveURL(/\/activate$/);
  await guest.getByLabel("设置密码").fill("password123");
  await guest.getByLabel("再次输入新密码").fill("password123");
  await guest.getByRole("button", { name: "保存并登录" }).click();
  await expect(guest.getByText(/这个密码很多人在用/)).toBeVisible();
  await guest.getByLabel("设置密码").fill("昆明的雨季和菌子");
  await guest.getByLabel("再次输入新密码").fill("昆明的雨季和菌子");
  await guest.getByRole("button", { name: "保存并登录" }).click();
  await expect(guest).toHaveURL(/\/home/);
  await context.close();

  const late = await browser.newContext({ locale: "zh-CN", baseURL: server.url });
  const lateGuest = await late.newPage();
  await lateGuest.goto(link);
  await expect(lateGuest.getByRole("heading", { name: "链接已失效" })).toBeVisible();
  await late.close();
});

test("without mail, who forgot his password is told whom to ask", async ({ page }) => {
  await page.goto("/login");
  await page.getByRole("link", { name: "忘记密码？" }).click();
  await expect(page.getByText("请联系管理员", { exact: true })).toBeVisible();
  await page.getByRole("link", { name: "返回登录" }).click();
  await expect(page.getByRole("heading", { name: "欢迎回来" })).toBeVisible();
});

test("a member sees where he is signed in and ends another session", async ({ page, browser, server }) => {
  const elsewhere = await browser.newContext({ baseURL: server.url });
  await elsewhere.request.post("/api/v1/auth/login", {
    data: { email: demoEmail("operator"), password: demoPassword },
  });
  await signIn(page, "operator", "/profile/security");
  const list = page.locator(".gx-sessions");
  await expect(list.getByRole("listitem")).toHaveCount(2);
  await expect(list.getByText("当前设备")).toHaveCount(1);
  await list.getByRole("button", { name: "结束登录" }).click();
  await expect(list.getByRole("listitem")).toHaveCount(1);
  expect((await elsewhere.request.get("/api/v1/me")).status()).toBe(401);
  await elsewhere.close();
});
