import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "@playwright/test";
import { freePort, type GuanxiServer, startServer } from "../support/server.ts";
import { demoEmail, demoPassword, signIn } from "../support/sign-in.ts";

interface Provider {
  issuer: string;
  client: string;
  secret: string;
  tell(command: object): Promise<void>;
  stop(): void;
}

async function startProvider(): Promise<Provider> {
  const program = resolve(import.meta.dirname, "../support/oidc-provider.mjs");
  const child: ChildProcess = spawn("node", [program], { stdio: ["pipe", "pipe", "ignore"] });
  const { stdin, stdout } = child;
  if (!stdin || !stdout) throw new Error("no pipes");
  const lines = createInterface({ input: stdout });
  const next = async () => JSON.parse(String((await once(lines, "line"))[0]));
  const said = await next();
  const tell = async (command: object) => {
    const answer = next();
    stdin.write(`${JSON.stringify(command)}\n`);
    await answer;
  };
  return { ...said, tell, stop: () => child.kill() };
}

let provider: Provider;
let server: GuanxiServer;

test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  test.setTimeout(150_000);
  provider = await startProvider();
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  server = await startServer("single-sign-on", port, ["--public-url", address, "--internal-hosts", "127.0.0.1"]);
});

test.afterAll(async () => {
  await server?.stop();
  provider?.stop();
});

test("an administrator sets a provider up, a member confirms once and comes in by it from then on", async ({
  browser,
}) => {
  const administrator = await browser.newContext({ baseURL: server.url, locale: "zh-CN" });
  const page = await administrator.newPage();
  await signIn(page, "admin", "/settings/providers");
  await page.getByRole("button", { name: "添加身份提供方" }).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByLabel("名称").fill("星河统一登录");
  await drawer.getByLabel("提供方地址（issuer）").fill(provider.issuer);
  await drawer.getByLabel("客户端编号（client ID）").fill(provider.client);
  await drawer.getByLabel("客户端密钥（client secret）").fill(provider.secret);
  await drawer.getByRole("button", { name: "保存", exact: true }).click();
  const redirect = await drawer.locator("code").first().innerText();
  expect(redirect).toContain(`${server.url}/sign-in/`);
  await drawer.getByRole("button", { name: "关闭", exact: true }).last().click();
  await page.getByRole("button", { name: "测试连接" }).click();
  await expect(page.getByText("“星河统一登录”连接正常")).toBeVisible();
  await provider.tell({ do: "configure", redirect, signedOut: `${server.url}/login` });

  const email = demoEmail("sales");
  await provider.tell({ do: "account", account: { sub: "s-1", email, email_verified: true } });
  const context = await browser.newContext({ baseURL: server.url, locale: "zh-CN" });
  const member = await context.newPage();
  // Whoever came for a page gets that page, by the provider too.
  await member.goto("/o/account");
  await member.getByRole("button", { name: "使用“星河统一登录”登录" }).click();
  await expect(member.getByRole("heading", { name: "确认账号是您本人的" })).toBeVisible();
  expect(new URL(member.url()).search, "the code does not stay in the address").toBe("");
  await member.getByLabel("您在本系统的密码").fill("not-the-password");
  await member.getByRole("button", { name: "确认并登录" }).click();
  await expect(member.getByRole("alert")).toContainText("密码不正确");
  await member.getByLabel("您在本系统的密码").fill(demoPassword);
  await member.getByRole("button", { name: "确认并登录" }).click();
  await expect(member).toHaveURL(/\/o\/account/);
  await member.goto("/profile/security");
  await expect(member.getByText(`${email}，`)).toBeVisible();

  await member.context().clearCookies();
  await member.goto("/login");
  await member.getByRole("button", { name: "使用“星河统一登录”登录" }).click();
  await expect(member).toHaveURL(/\/home/);
  await context.close();
});

test("who is nobody here is told so, and who declines at the provider too", async ({ page }) => {
  await provider.tell({ do: "account", account: { sub: "n", email: "nobody@example.com", email_verified: true } });
  await page.goto(`${server.url}/login`);
  await page.getByRole("button", { name: "使用“星河统一登录”登录" }).click();
  await expect(page.getByRole("alert")).toContainText("nobody@example.com");
  await expect(page.getByText("成员由管理员添加")).toBeVisible();
  await provider.tell({ do: "account", account: null });
  await page.context().clearCookies();
  await page.getByRole("link", { name: "返回登录" }).click();
  await page.getByRole("button", { name: "使用“星河统一登录”登录" }).click();
  await expect(page.getByRole("alert")).toContainText("您在身份提供方取消了登录");
});

test("an identity system keeps members by a token that is shown once and can be revoked", async ({ browser }) => {
  const administrator = await browser.newContext({ baseURL: server.url, locale: "zh-CN" });
  const page = await administrator.newPage();
  await signIn(page, "admin", "/settings/providers");
  await page.getByRole("button", { name: "新建令牌" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("名称").fill("身份系统");
  await dialog.getByRole("button", { name: "新建", exact: true }).click();
  await expect(dialog).toContainText("关闭后不再显示");
  const token = (await dialog.locator("code").innerText()).trim();
  await page.keyboard.press("Escape");
  await expect(page.getByText(token)).toHaveCount(0);
  await expect(page.getByText("尚未使用")).toBeVisible();
  const system = await browser.newContext({
    baseURL: server.url,
    extraHTTPHeaders: { authorization: `Bearer ${token}` },
  });
  const user = { userName: "fromscim@xinghe.example", displayName: "从身份系统来" };
  const made = await system.request.post("/scim/v2/Users", { data: user });
  expect(made.status()).toBe(201);
  expect((await system.request.get("/api/v1/me")).status(), "it opens nothing else").toBe(403);
  await page.goto("/settings/members");
  await expect(page.getByText("从身份系统来")).toBeVisible();
  await page.goto("/settings/providers");
  await page.getByRole("button", { name: "吊销“身份系统”" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "吊销" }).click();
  await expect(page.getByRole("button", { name: "吊销“身份系统”" })).toHaveCount(0);
  expect((await system.request.get("/scim/v2/Users")).status()).toBe(401);
});
