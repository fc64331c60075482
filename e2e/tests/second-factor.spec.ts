import type { Browser, Page } from "@playwright/test";
import { freePort, startServer } from "../support/server.ts";
import { type DemoRole, demoEmail, demoPassword, signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";
import { totpCode } from "../support/totp.ts";

async function enterPassword(page: Page, role: DemoRole) {
  await page.goto("/login");
  await page.getByLabel("邮箱").fill(demoEmail(role));
  await page.getByLabel("密码", { exact: true }).fill(demoPassword);
  await page.getByRole("button", { name: "登录", exact: true }).click();
}

/** Back to how the other tests of this worker expect the member: signing in by the password alone. */
async function takeFactorsFrom(browser: Browser, baseURL: string, role: DemoRole) {
  const context = await browser.newContext({ baseURL });
  const page = await context.newPage();
  const me = await signIn(page, "admin");
  const filter = `email == "${demoEmail(role)}"`;
  const answer = await page.request.get("/api/v1/records/user", { params: { filter, fields: "id" } });
  const [member] = ((await answer.json()) as { items: { id: string }[] }).items;
  const headers = { "X-CSRF-Token": me.csrf_token };
  expect((await page.request.delete(`/api/v1/users/${member?.id}/factors`, { headers })).status()).toBe(204);
  await context.close();
}

test("an authenticator app is set up, asked for at sign-in, and a recovery code stands in once", async ({
  page,
  browser,
  server,
}) => {
  await signIn(page, "marketing", "/profile/security");
  await page.getByRole("button", { name: "添加验证器应用" }).click();
  const dialog = page.getByRole("dialog", { name: "设置验证器应用" });
  // The picture is drawn here: nothing is asked of another server.
  await expect(dialog.locator(".ant-qrcode svg")).toBeVisible();
  const secret = (await dialog.locator(".gx-totp-secret").innerText()).replace(/\s/g, "");
  await dialog.getByLabel("6 位验证码").fill("000000");
  await expect(dialog.getByRole("alert")).toContainText("验证未通过");
  await dialog.getByLabel("6 位验证码").fill(totpCode(secret));
  const codes = page.getByRole("dialog", { name: "恢复码" });
  await expect(codes.getByRole("listitem")).toHaveCount(10);
  const recovery = await codes.getByRole("listitem").first().innerText();
  await codes.getByRole("button", { name: "我已保存，继续" }).click();
  await expect(page.getByText("已开启")).toBeVisible();

  await page.context().clearCookies();
  await enterPassword(page, "marketing");
  await expect(page.getByRole("heading", { name: "两步验证" })).toBeVisible();
  await page.getByLabel("6 位验证码").fill(totpCode(secret, 1));
  await expect(page).toHaveURL(/\/home/);

  await page.context().clearCookies();
  await enterPassword(page, "marketing");
  await page.getByRole("button", { name: "手机不在身边？使用恢复码" }).click();
  await page.getByLabel("恢复码").fill(recovery);
  await page.getByRole("button", { name: "验证", exact: true }).click();
  await expect(page).toHaveURL(/\/home/);
  await page.goto("/profile/security");
  await expect(page.getByText("还有 9 个恢复码没有用过")).toBeVisible();
  await takeFactorsFrom(browser, server.url, "marketing");
});

test("whom the policy requires it of is led through it at the next sign-in", async ({ page, browser, server }) => {
  await signIn(page, "admin", "/settings/sign-in");
  await page.getByRole("radio", { name: "担任以下角色的成员" }).check();
  await page.getByRole("combobox", { name: "角色" }).fill("培训");
  await page.getByTitle("培训讲师").click();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await expect(page.getByText("已保存")).toBeVisible();

  const context = await browser.newContext({ locale: "zh-CN", baseURL: server.url });
  const trainer = await context.newPage();
  await enterPassword(trainer, "trainer");
  await expect(trainer.getByRole("heading", { name: "设置两步验证" })).toBeVisible();
  expect((await trainer.request.get("/api/v1/me")).status()).toBe(401);
  await trainer.getByRole("button", { name: "使用手机上的验证器应用" }).click();
  const secret = (await trainer.locator(".gx-totp-secret").innerText()).replace(/\s/g, "");
  await trainer.getByLabel("6 位验证码").fill(totpCode(secret));
  await trainer.getByRole("button", { name: "我已保存，继续" }).click();
  await expect(trainer).toHaveURL(/\/home/);
  await context.close();

  // Back to how the other tests of this worker expect it.
  await page.getByRole("radio", { name: "由成员自己决定" }).check();
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await expect(page.getByText("已保存").last()).toBeVisible();
  await takeFactorsFrom(browser, server.url, "trainer");
});

test("a passkey is made, signs in alone, and its answer counts once", async ({ browser }) => {
  // Passkeys are bound to a name: this server is told its address.
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const server = await startServer("passkeys", port, ["--public-url", url]);
  const context = await browser.newContext({ locale: "zh-CN", baseURL: url });
  const page = await context.newPage();
  try {
    const devtools = await context.newCDPSession(page);
    await devtools.send("WebAuthn.enable");
    await devtools.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    await signIn(page, "sales", "/profile/security");
    await page.getByRole("button", { name: "添加通行密钥" }).click();
    const codes = page.getByRole("dialog", { name: "恢复码" });
    await expect(codes.getByRole("listitem")).toHaveCount(10);
    await codes.getByRole("button", { name: "我已保存，继续" }).click();

    // As the second step.
    await context.clearCookies();
    await enterPassword(page, "sales");
    await expect(page.getByRole("heading", { name: "两步验证" })).toBeVisible();
    await page.getByRole("button", { name: "使用通行密钥" }).click();
    await expect(page).toHaveURL(/\/home/);

    // Alone; what the browser sends is kept, to be sent again.
    await context.clearCookies();
    await page.goto("/login");
    const sent = page.waitForRequest((request) => request.url().endsWith("/api/v1/auth/passkey"));
    await page.getByRole("button", { name: "使用通行密钥登录" }).click();
    await expect(page).toHaveURL(/\/home/);
    const answer = (await sent).postDataJSON() as { token: string; credential: { response: { signature: string } } };
    await context.clearCookies();
    const post = (data: object) => page.request.post("/api/v1/auth/passkey", { data });
    expect((await post(answer)).status()).toBe(401);

    // A signature over another question does not hold either.
    const asked = await page.request.post("/api/v1/auth/passkey/options", { data: {} });
    const { token } = (await asked.json()) as { token: string };
    expect((await post({ ...answer, token })).status()).toBe(401);
  } finally {
    await context.close();
    await server.stop();
  }
});
