import { type BrowserContext, expect, type Page, test } from "@playwright/test";
import { expectAccessible } from "../support/accessibility.ts";
import { createRecord } from "../support/api.ts";
import { wholeBrowser } from "../support/browser.ts";
import { type BrowserSubscription, hasMessagesPeer, MessagesPeer, SMS_SECRET } from "../support/messages.ts";
import { type GuanxiServer, startServer } from "../support/server.ts";
import { signIn } from "../support/sign-in.ts";

// A browser without windows shows nothing that is pushed to it.
test.use({ launchOptions: wholeBrowser });

let server: GuanxiServer;
let peer: MessagesPeer;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  // Without the peer there is nobody to push to.
  if (!hasMessagesPeer) throw new Error("the push service is not installed: npm ci --prefix testkit/peers/messages");
  peer = await MessagesPeer.start();
  server = await startServer("outreach", 0, ["--push-hosts", peer.host, "--sms-hosts", peer.host]);
});
test.afterAll(async () => {
  await server?.stop();
  peer?.stop();
});

/**
 * The browser has no push service here: what it would say of its subscription comes from the peer. All the rest is its own,
 * the worker, the leave it was given, what it shows.
 */
async function withPushService(context: BrowserContext, subscription: BrowserSubscription): Promise<void> {
  await context.addInitScript((told) => {
    const bytes = (text: string) =>
      Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0)).buffer;
    let known: unknown = null;
    const manager = globalThis.PushManager?.prototype as unknown as { [name: string]: unknown } | undefined;
    if (!manager) return;
    manager.getSubscription = async () => known;
    manager.subscribe = async (options: { applicationServerKey: ArrayBuffer }) => {
      known = {
        endpoint: told.endpoint,
        options,
        getKey: (name: "p256dh" | "auth") => bytes(told.keys[name]),
        unsubscribe: async () => {
          known = null;
          return true;
        },
      };
      return known;
    };
  }, subscription);
}

async function mention(page: Page, account: string, member: string, text: string): Promise<void> {
  const me = (await (await page.request.get("/api/v1/me")).json()) as { csrf_token: string };
  const made = await page.request.post("/api/v1/records/comment", {
    headers: { "x-csrf-token": me.csrf_token },
    data: {
      target: { object: "account", id: account },
      body: `<p><span data-mention="member:${member}">@同事</span> ${text}</p>`,
    },
  });
  expect(made.status()).toBe(201);
}

test("a browser shows what is pushed to it and leads to the exact place", async ({ browser }) => {
  test.setTimeout(180_000);
  const context = await browser.newContext({ baseURL: server.url, locale: "zh-CN" });
  await context.grantPermissions(["notifications"], { origin: server.url });
  await withPushService(context, await peer.subscribe("desk"));
  const page = await context.newPage();
  const manager = await signIn(page, "salesmanager");
  // The demo company has many overdue tasks; here only mentions are pushed.
  const wishes = await page.request.patch("/api/v1/me", {
    headers: { "x-csrf-token": manager.csrf_token },
    data: { preferences: { notifications: { pushed: ["mention"] } } },
  });
  expect(wishes.status()).toBe(200);
  await page.goto("/profile/notifications");
  await expect(page.getByText("还没有浏览器开启推送")).toBeVisible();
  await page.getByRole("button", { name: "在此浏览器开启推送" }).click();
  await expect(page.getByText("此浏览器将弹出通知")).toBeVisible();
  await expect(page.getByRole("button", { name: /停止/ })).toBeVisible();
  await expectAccessible(page);

  // A colleague mentions him while he looks elsewhere.
  await page.goto("about:blank");
  const elsewhere = await browser.newContext({ baseURL: server.url, locale: "zh-CN" });
  const other = await elsewhere.newPage();
  const me = await signIn(other, "sales");
  const account = await createRecord(other, me, "account", { name: "推送客户" });
  await mention(other, account.id, manager.user.id, "请看报价");
  // What the demo company says to him at this hour may be pushed as well.
  const ofThis = async () => (await peer.taken()).push.filter(({ said }) => said.body.includes("推送客户"));
  await expect.poll(async () => (await ofThis()).length, { timeout: 60_000 }).toBe(1);
  expect((await peer.taken()).refused).toEqual([]);
  const said = (await ofThis())[0]?.said;
  expect(said?.path).toMatch(/^\/notifications\?open=/);

  // What was decrypted is handed to the worker, as the browser's push service does. The worker rests between two pushes.
  await page.goto("/favicon.svg");
  const devtools = await context.newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    devtools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const own = registrations.find((one) => one.scopeURL === `${server.url}/`);
      if (own) resolve(own.registrationId);
    });
  });
  await devtools.send("ServiceWorker.enable");
  const registrationId = await registered;
  const shown = () =>
    page.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration("/");
      const all = (await registration?.getNotifications()) ?? [];
      return all.map(({ title, body, data }) => ({ title, body, place: String(data?.place) }));
    });
  await page.goto("about:blank");
  await devtools.send("ServiceWorker.deliverPushMessage", {
    origin: server.url,
    registrationId,
    data: JSON.stringify(said),
  });
  await expect(async () => {
    await page.goto("/favicon.svg");
    expect((await shown()).length).toBe(1);
  }).toPass({ timeout: 30_000 });
  const [notification] = await shown();
  expect(notification?.body).toContain("请看报价");
  expect(notification?.place).toBe(`${server.url}${said?.path}`);

  // Its place leads on to the comment on the record.
  await page.goto(notification?.place ?? "");
  await expect(page).toHaveURL(new RegExp(`/r/account/${account.id}`));
  await expect(page.getByText("请看报价").first()).toBeVisible();

  // A page that is open goes there by itself.
  await page.goto("/home");
  await expect(async () => {
    await page.evaluate((place) => {
      const told = new MessageEvent("message", { data: { type: "guanxi.open", place } });
      navigator.serviceWorker.dispatchEvent(told);
    }, `${server.url}/r/account/${account.id}`);
    await expect(page).toHaveURL(new RegExp(`/r/account/${account.id}`), { timeout: 2_000 });
  }).toPass({ timeout: 30_000 });

  // Signed out, it is told no more.
  await page.goto("/profile/notifications");
  await page.getByRole("button", { name: /停止/ }).click();
  await expect(page.getByText("还没有浏览器开启推送")).toBeVisible();
  await context.close();
  await elsewhere.close();
});

test("an administrator sets an SMS gateway up, and a member confirms his number", async ({ browser }) => {
  test.setTimeout(180_000);
  const context = await browser.newContext({ baseURL: server.url, locale: "zh-CN" });
  const page = await context.newPage();
  await signIn(page, "admin");
  await page.goto("/settings/sms");
  await page.getByLabel("地址", { exact: true }).fill("http://10.0.0.1/");
  await page.getByLabel("密钥", { exact: true }).fill(SMS_SECRET);
  await page.getByRole("switch", { name: "启用" }).click();
  await page.getByRole("button", { name: /保\s*存/ }).click();
  await expect(page.getByText("内网地址须由服务器管理员列入 --sms-hosts").first()).toBeVisible();
  await page.getByLabel("地址", { exact: true }).fill(`http://${peer.host}/sms`);
  await page.getByRole("button", { name: /保\s*存/ }).click();
  await expect(page.getByText("已保存", { exact: true })).toBeVisible();
  await expect(page.getByLabel("密钥", { exact: true })).toHaveValue("");
  await page.getByLabel("发到").fill("13800000001");
  await page.getByRole("button", { name: "发送测试短信" }).click();
  await expect(page.getByText("网关已接受").first()).toBeVisible();
  await expect(page.getByRole("cell", { name: "测试" })).toBeVisible();
  await expectAccessible(page);

  await page.goto("/profile/notifications");
  await page.getByLabel("手机号", { exact: true }).fill("13800000002");
  await page.getByRole("button", { name: "发送验证码" }).click();
  await expect(page.getByText("发到 +8613800000002 的验证码")).toBeVisible();
  await page.getByLabel(/的验证码/).fill("1");
  await page.getByRole("button", { name: /^确\s*认$/ }).click();
  await expect(page.getByText("验证码不正确，还可以试4次")).toBeVisible();
  const text = (await peer.taken()).sms.at(-1)?.body.text ?? "";
  await page.getByLabel(/的验证码/).fill(/\d{6}/.exec(text)?.[0] ?? "");
  await page.getByRole("button", { name: /^确\s*认$/ }).click();
  await expect(page.getByText("手机号已确认")).toBeVisible();
  await expect(page.getByText("+8613800000002").first()).toBeVisible();
  await expectAccessible(page);
  expect((await peer.taken()).refused).toEqual([]);
  await context.close();
});
