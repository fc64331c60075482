import { expect, test } from "@playwright/test";
import { type Directory, hasLdap, startDirectory } from "../support/ldap.ts";
import { type GuanxiServer, startServer } from "../support/server.ts";
import { demoEmail, demoPassword, type Me, signIn } from "../support/sign-in.ts";

let directory: Directory;
let server: GuanxiServer;

test.describe.configure({ mode: "serial" });
/** Without a directory nothing can be tried: the tests are told as to be mended. */
const tried = hasLdap ? test : test.fixme;

test.beforeAll(async () => {
  if (!hasLdap) return;
  test.setTimeout(150_000);
  directory = await startDirectory([
    { uid: "zhouyt", name: "Zhou Yutong", email: demoEmail("sales2"), password: "of the directory" },
    { uid: "nobody", name: "No Body", email: "nobody@example.com", password: "of the directory" },
  ]);
  server = await startServer("directory", 0, ["--internal-hosts", "127.0.0.1"]);
});

test.afterAll(async () => {
  await server?.stop();
  directory?.stop();
});

tried("an administrator sets a directory up and tries it", async ({ browser }) => {
  const context = await browser.newContext({ baseURL: server.url, locale: "zh-CN" });
  const page = await context.newPage();
  const me: Me = await signIn(page, "admin");
  // The form has tests of its own; what counts here is signing in.
  const made = await page.request.post("/api/v1/identity-providers", {
    headers: { "X-CSRF-Token": me.csrf_token },
    data: {
      name: "星河目录",
      enabled: true,
      secret: directory.readerPassword,
      settings: {
        kind: "ldap",
        host: "127.0.0.1",
        port: directory.port,
        encryption: "none",
        certificate: null,
        bind_dn: directory.reader,
        base: directory.base,
        filter: "(objectClass=inetOrgPerson)",
        login: ["uid", "mail"],
        attributes: { id: "entryUUID", email: "mail", name: "cn" },
        new_members: null,
        organisation: null,
      },
    },
  });
  expect(made.status(), await made.text()).toBe(201);
  await page.goto("/settings/providers");
  await page.getByRole("button", { name: "测试连接" }).click();
  await expect(page.getByText("“星河目录”连接正常")).toBeVisible();
  await context.close();
});

tried(
  "a member comes in by the account of the directory once he confirmed, and a wrong password does not",
  async ({ browser }) => {
    const context = await browser.newContext({ baseURL: server.url, locale: "zh-CN" });
    const page = await context.newPage();
    const enter = async (account: string, password: string) => {
      await page.goto("/login");
      await page.getByRole("button", { name: "使用“星河目录”登录" }).click();
      await page.getByLabel("账号").fill(account);
      await page.getByLabel("密码", { exact: true }).fill(password);
      await page.getByRole("button", { name: /^登\s*录$/ }).click();
    };
    await enter("zhouyt", "not-the-password");
    await expect(page.getByRole("alert")).toContainText("密码");
    await enter("nobody", "of the directory");
    await expect(page.getByRole("alert")).toContainText("nobody@example.com");
    await enter("zhouyt", "of the directory");
    await expect(page.getByRole("heading", { name: "确认账号是您本人的" })).toBeVisible();
    await page.getByLabel("您在本系统的密码").fill(demoPassword);
    await page.getByRole("button", { name: "确认并登录" }).click();
    await expect(page).toHaveURL(/\/home/);
    await page.goto("/profile/security");
    await expect(page.getByText("星河目录").first()).toBeVisible();
    // From then on the directory's word is enough.
    await context.clearCookies();
    await enter("zhouyt", "of the directory");
    await expect(page).toHaveURL(/\/home/);
    await context.close();
  },
);
