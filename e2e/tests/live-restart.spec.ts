import type { Page } from "@playwright/test";
import { changeRecord, createRecord } from "../support/api.ts";
import { another, openLive } from "../support/live.ts";
import { uniqueName } from "../support/screens.ts";
import { type GuanxiServer, startServer } from "../support/server.ts";
import type { DemoRole, Me } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

/** What happens to open windows when the server does, and when rights do: with a server of their own. */

let server: GuanxiServer;

test.describe.configure({ mode: "serial" });
test.beforeAll(async () => {
  test.setTimeout(150_000);
  server = await startServer("server-restart");
});
test.afterAll(async () => server?.stop());

const listOf = (name: string) =>
  `${server.url}/o/account?view=all&filter=${encodeURIComponent(`name.contains('${name}')`)}`;
const rowsOf = (page: Page) => page.locator(".gx-row:not(.gx-row-coming)");

async function somebody(browser: Parameters<typeof another>[0], role: DemoRole): Promise<{ page: Page; me: Me }> {
  return another(browser, server.url, role);
}

test("a server that crashes under open windows is found again, with all that happened", async ({ browser }) => {
  const worker = await somebody(browser, "sales");
  const readers = [await somebody(browser, "salesmanager"), await somebody(browser, "admin")];
  const name = uniqueName("重启客户");
  const account = await createRecord(worker.page, worker.me, "account", { name, kind: "company" });
  for (const { page } of readers) {
    await openLive(page, listOf(name), "account");
    await expect(rowsOf(page)).toHaveCount(1);
  }
  await server.kill();
  for (const { page } of readers) await expect(page.getByText("未实时更新")).toBeVisible();
  // What is there stays readable meanwhile.
  for (const { page } of readers) await expect(rowsOf(page)).toHaveCount(1);
  await server.startAgain();
  // Sessions are kept: nobody signs in again, neither here nor there.
  await changeRecord(worker.page, worker.me, "account", account.id, { name: `${name}之后` });
  for (const { page } of readers) {
    await expect(rowsOf(page).filter({ hasText: `${name}之后` })).toHaveCount(1, { timeout: 90_000 });
    await expect(page.getByText("未实时更新")).toBeHidden();
  }
});

test("rights withdrawn while somebody looks: the window shows no more than he may see", async ({ browser }) => {
  const admin = await somebody(browser, "admin");
  const reader = await somebody(browser, "service");
  const name = uniqueName("收权客户");
  const account = await createRecord(admin.page, admin.me, "account", {
    name,
    kind: "company",
    website: "https://secret.example.com",
  });
  await openLive(reader.page, `${server.url}/r/account/${account.id}`, "account");
  await expect(reader.page.getByText("secret.example.com").first()).toBeVisible();
  const answer = await admin.page.request.get("/api/v1/roles");
  const roles = (await answer.json()) as {
    items: { definition: { name: string; objects: Record<string, unknown> } }[];
  };
  const role = roles.items.map((one) => one.definition).find((one) => one.name === "service_agent");
  if (!role) throw new Error("no such role");
  const put = async (account: unknown) => {
    const objects = { ...role.objects, account };
    const put = await admin.page.request.post("/api/v1/schema/apply", {
      data: { changes: [{ op: "put_role", role: { ...role, objects } }] },
      headers: { "X-CSRF-Token": admin.me.csrf_token },
    });
    expect(put.status(), await put.text()).toBe(200);
  };
  const rights = role.objects.account as Record<string, unknown>;
  await put({ ...rights, fields: { ...((rights.fields as object | undefined) ?? {}), website: "hidden" } });
  await expect(reader.page.getByText("secret.example.com")).toHaveCount(0);
  await expect(reader.page.getByRole("heading", { name })).toBeVisible();
  await put({ read: "none" });
  await expect(reader.page.getByRole("heading", { name })).toHaveCount(0);
});

test("who is signed out elsewhere by an administrator is so in the open window", async ({ browser }) => {
  const admin = await somebody(browser, "admin");
  const reader = await somebody(browser, "trainer");
  await openLive(reader.page, `${server.url}/o/account?view=all`, "account");
  await changeRecord(admin.page, admin.me, "user", reader.me.user.id, { active: false });
  await expect(reader.page.getByLabel("密码").first()).toBeVisible({ timeout: 90_000 });
});
