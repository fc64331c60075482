import type { Page } from "@playwright/test";
import { createRecord, waitUntilFound } from "../support/api.ts";
import { choose, field, saved, uniqueName } from "../support/screens.ts";
import { demoEmail, demoPassword, type Me, signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

const PASSWORD = "Guanxi-rights-2026";

/** Changes definitions as the administrator, for what a test stands on. */
async function applyChanges(page: Page, me: Me, changes: unknown[]): Promise<void> {
  const answer = await page.request.post("/api/v1/schema/apply", {
    data: { changes },
    headers: { "X-CSRF-Token": me.csrf_token },
  });
  expect(answer.ok(), await answer.text()).toBe(true);
}

/** A member with a role and a password, made by the administrator. */
async function createMember(page: Page, me: Me, role: string): Promise<string> {
  const email = `${uniqueName("m")}@xinghe.example`;
  const member = await createRecord(page, me, "user", { name: uniqueName("成员"), email, roles: [role], active: true });
  const answer = await page.request.post(`/api/v1/users/${member.id}/link`, {
    data: {},
    headers: { "X-CSRF-Token": me.csrf_token },
  });
  expect(answer.ok(), await answer.text()).toBe(true);
  const { path } = (await answer.json()) as { path: string };
  // Choosing a password signs in: not here, where the administrator is.
  const theirs = await page.context().browser()?.newContext();
  if (!theirs) throw new Error("no browser");
  const chosen = await theirs.request.post("/api/v1/auth/password", {
    data: { token: path.split("#")[1], password: PASSWORD },
  });
  expect(chosen.ok(), await chosen.text()).toBe(true);
  await theirs.close();
  return email;
}

async function signInAs(page: Page, email: string): Promise<Me> {
  const answer = await page.request.post("/api/v1/auth/login", { data: { email, password: PASSWORD } });
  expect(answer.status(), await answer.text()).toBe(200);
  return (await answer.json()) as Me;
}

/** Sets one cell of the grid of rights. */
async function give(page: Page, object: string, right: string, scope: string): Promise<void> {
  await page.getByRole("combobox", { name: `${object}：${right}`, exact: true }).click();
  await choose(page, new RegExp(`^${scope}$`));
}

/** Looks at what would change and saves. Answers the name the role has for the machine. */
async function saveRole(page: Page): Promise<string> {
  await page.getByRole("button", { name: "检查影响并保存" }).click();
  const dialog = page.getByRole("dialog", { name: "检查影响" });
  await expect(dialog).toContainText("目前没有成员受影响");
  const applied = saved(page, "POST", "/schema/apply");
  await dialog.getByRole("button", { name: /保\s*存/ }).click();
  await applied;
  await page.waitForURL(/\/settings\/roles\/role_\d+$/);
  return page.url().split("/").at(-1) ?? "";
}

/** Takes on a member with a role and lets him in, all of it on the screen. Answers his own page, signed in. */
async function takeOn(page: Page, role: string): Promise<Page> {
  const name = uniqueName("成员");
  await page.goto("/settings/members");
  await page.getByRole("button", { name: "添加成员" }).click();
  const drawer = page.getByRole("dialog", { name: /新建成员/ });
  await drawer.getByLabel("姓名").fill(name);
  await drawer.getByLabel("邮箱").fill(`${uniqueName("m")}@xinghe.example`);
  const roles = drawer.locator('[data-field="roles"]').getByRole("combobox");
  // The form begins with the role of every employee, which sees more: this one instead of it.
  await roles.press("Backspace");
  await roles.fill(role);
  await choose(page, role);
  await page.keyboard.press("Escape");
  await drawer.getByRole("button", { name: "保存", exact: true }).click();
  const invitation = page.getByRole("dialog", { name: `“${name}”的登录` });
  await invitation.getByRole("button", { name: "发送邀请" }).click();
  const link = (await invitation.locator(".gx-once").innerText()).trim();
  const browser = page.context().browser();
  if (!browser) throw new Error("no browser");
  const theirs = await browser.newContext({ locale: "zh-CN", baseURL: new URL(page.url()).origin });
  const guest = await theirs.newPage();
  await guest.goto(link);
  await guest.getByLabel("设置密码").fill(PASSWORD);
  await guest.getByLabel("再次输入新密码").fill(PASSWORD);
  await guest.getByRole("button", { name: "保存并登录" }).click();
  await guest.waitForURL(/\/home/);
  return guest;
}

test("in five minutes and without a line of code: sales see and edit contact details and needs, marketing basic information and campaigns", async ({
  page,
}) => {
  // The walk as the person makes it: two roles, two members, their invitations; then each looks for himself.
  test.setTimeout(600_000);
  const me = await signIn(page, "admin");
  const needs = "两台装配机，年内到货";
  const contact = await createRecord(page, me, "contact", {
    name: { family: "贺", given: "兰" },
    mobile: "13812345678",
    title: "采购经理",
    description: needs,
  });

  // Sales: contacts with everything on them.
  const salesLabel = uniqueName("客户销售");
  await page.goto("/settings/roles");
  await page.getByRole("button", { name: "新建角色" }).click();
  await page.getByLabel("角色名称（中文）").fill(salesLabel);
  await give(page, "联系人", "查看", "全部");
  await give(page, "联系人", "更改", "全部");
  await page.getByRole("checkbox", { name: "联系人：新建" }).check();
  await saveRole(page);

  // Marketing: of contacts a list of what is allowed; campaigns whole.
  const marketingLabel = uniqueName("市场");
  await page.getByRole("link", { name: "全部角色" }).click();
  await page.getByRole("button", { name: "新建角色" }).click();
  await page.getByLabel("角色名称（中文）").fill(marketingLabel);
  await give(page, "联系人", "查看", "全部");
  await page.getByRole("radio", { name: "其他字段：隐藏" }).check();
  for (const name of ["姓名", "所属客户", "职务"]) await page.getByRole("radio", { name: `${name}：查看` }).check();
  await give(page, "市场活动", "查看", "全部");
  await give(page, "市场活动", "更改", "全部");
  await page.getByRole("checkbox", { name: "市场活动：新建" }).check();
  await saveRole(page);

  const seller = await takeOn(page, salesLabel);
  const marketer = await takeOn(page, marketingLabel);

  await seller.goto(`/r/contact/${contact.id}`);
  await expect(seller.getByRole("heading", { level: 1, name: "贺兰" })).toBeVisible();
  await expect(seller.getByRole("main")).toContainText("138 1234 5678");
  await expect(seller.getByRole("main")).toContainText(needs);
  const title = seller.locator(".gx-inline").filter({ hasText: "采购经理" }).first();
  await title.getByRole("button", { name: /编辑/ }).click();
  const input = seller.locator(".gx-inline-editor input");
  await input.fill("采购总监");
  await input.press("Enter");
  await expect(seller.getByRole("main")).toContainText("采购总监");
  await expect(seller.getByRole("link", { name: "市场活动" })).toHaveCount(0);
  await seller.context().close();

  await marketer.goto(`/r/contact/${contact.id}`);
  await expect(marketer.getByRole("heading", { level: 1, name: "贺兰" })).toBeVisible();
  await expect(marketer.getByRole("main")).toContainText("采购总监");
  await expect(marketer.getByRole("main")).not.toContainText("1234");
  await expect(marketer.getByRole("main")).not.toContainText("装配机");
  await expect(marketer.getByRole("button", { name: "编辑职务" })).toHaveCount(0);
  const answer = await marketer.request.get(`/api/v1/records/contact/${contact.id}`);
  expect(await answer.text()).not.toMatch(/1234|装配机/);
  const byPhone = await marketer.request.get("/api/v1/records/contact", {
    params: { filter: 'mobile == "13812345678"' },
  });
  expect(byPhone.status()).toBe(400);
  const campaign = uniqueName("春季展会");
  await marketer.goto("/o/campaign/new");
  await field(marketer, "name").getByRole("textbox").fill(campaign);
  const made = saved(marketer, "POST", "/records/campaign");
  await marketer.getByRole("button", { name: "保存", exact: true }).click();
  await made;
  await marketer.goto("/o/campaign");
  await expect(marketer.getByRole("grid")).toContainText(campaign);
  await marketer.context().close();
});

test("an auditor asks why somebody sees a record, and anybody about himself", async ({ page }) => {
  const me = await signIn(page, "admin");
  const email = await createMember(page, me, "auditor");
  const account = await createRecord(page, me, "account", { name: uniqueName("审计"), kind: "company" });

  await signInAs(page, email);
  await page.goto(`/r/account/${account.id}`);
  await page.getByRole("button", { name: "更多" }).first().click();
  await page.getByRole("menuitem", { name: "共享与权限…" }).click();
  const drawer = page.getByRole("dialog", { name: /共享与权限/ });
  await drawer.getByRole("tab", { name: "谁能看到" }).click();
  await expect(drawer.locator(".gx-access-list > li").first()).toBeVisible();
  await drawer.getByRole("tab", { name: "为什么" }).click();
  await drawer.locator("#why-member").fill("周雨桐");
  await choose(page, "周雨桐");
  await expect(drawer.locator("li[data-verb=delete]")).toContainText("删除：不可以");
  await expect(drawer.locator("li[data-verb=export]")).toBeVisible();
  await expect(drawer.getByText(/专门的操作：\d+ 个中可执行/)).toBeVisible();
  // The same from the settings, for any record.
  await page.goto("/settings/explain");
  await page.getByRole("combobox", { name: "哪类数据" }).click();
  await choose(page, /^客户$/);
  await expect(page.locator("#explain-record")).toBeVisible();

  await signIn(page, "analyst", `/r/account/${account.id}`);
  await page.getByRole("button", { name: "更多" }).first().click();
  await page.getByRole("menuitem", { name: "我的权限…" }).click();
  const mine = page.getByRole("dialog", { name: /我的权限/ });
  await expect(mine.getByRole("tab")).toHaveText(["为什么"]);
  await expect(mine.locator("li[data-verb=read]")).toContainText("查看：可以");
  await expect(mine.locator("li[data-verb=read]")).toContainText("角色“数据分析师”");
  await expect(mine.locator("#why-member")).toHaveCount(0);
});

test("a key of somebody absent is found and taken away", async ({ page, browser, server }) => {
  const theirs = await browser.newContext({ baseURL: server.url });
  const signedIn = await theirs.request.post("/api/v1/auth/login", {
    data: { email: demoEmail("service"), password: demoPassword },
  });
  const { csrf_token } = (await signedIn.json()) as Me;
  const name = uniqueName("同步");
  const made = await theirs.request.post("/api/v1/me/api-keys", {
    data: { name, scope: { objects: { account: ["read"] } } },
    headers: { "X-CSRF-Token": csrf_token },
  });
  expect(made.status(), await made.text()).toBe(201);
  const { key } = (await made.json()) as { key: string };
  await theirs.close();
  const program = await browser.newContext({
    baseURL: server.url,
    extraHTTPHeaders: { Authorization: `Bearer ${key}` },
  });
  expect((await program.request.get("/api/v1/records/account?limit=1")).status()).toBe(200);

  await signIn(page, "admin", "/settings/keys");
  const row = page.getByRole("row").filter({ hasText: name });
  await expect(row).toContainText("仅限客户");
  await expect(row).toContainText("永不过期");
  await row.getByRole("button", { name: /吊销/ }).click();
  const removed = saved(page, "DELETE", "/api-keys/");
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /吊\s*销/ })
    .click();
  await removed;
  await expect(row).toHaveCount(0);
  expect((await program.request.get("/api/v1/records/account?limit=1")).status()).toBe(401);
  await program.close();
});

test("what a change of a role would do is told before it is saved, and a mistake is shown at its place", async ({
  page,
}) => {
  test.setTimeout(120_000);
  const me = await signIn(page, "admin");
  const role = uniqueName("role_t");
  const label = { "zh-CN": role, en: role };
  await applyChanges(page, me, [
    { op: "put_role", role: { name: role, label, objects: { product: { read: "all" }, contact: { read: "all" } } } },
  ]);
  await createMember(page, me, role);
  await page.goto(`/settings/roles/${role}`);
  await give(page, "产品", "查看", "满足条件的…");
  const condition = page.getByLabel("查看 · 条件");
  await condition.fill("no_such == 1");
  await expect(
    page
      .locator("aside")
      .getByText(/no_such/)
      .last(),
  ).toBeVisible();
  await expect(page.locator("tr[data-object=product][data-wrong]")).toBeVisible();
  await condition.fill("false");
  await expect(page.locator("tr[data-wrong]")).toHaveCount(0);
  await page.locator("tr[data-object=contact] th button").click();
  await page.getByRole("radio", { name: "手机：遮盖" }).check();
  await page.getByRole("button", { name: "检查影响并保存" }).click();
  const dialog = page.getByRole("dialog", { name: "检查影响" });
  await expect(dialog).toContainText("涉及 1 名成员");
  await expect(dialog).toContainText("产品 · 查看");
  await expect(dialog).toContainText("1 人减少");
  await expect(dialog).toContainText("联系人 · 手机");
  // Going back loses nothing.
  await dialog.getByRole("button", { name: "返回修改" }).click();
  await expect(page.getByRole("radio", { name: "手机：遮盖" })).toBeChecked();
  await page.keyboard.press("Control+s");
  const applied = saved(page, "POST", "/schema/apply");
  await dialog.getByRole("button", { name: /保\s*存/ }).click();
  await applied;
  await expect(dialog).toBeHidden();
  const stored = await page.request.get("/api/v1/roles");
  const { items } = (await stored.json()) as { items: { definition: { name: string; objects: unknown } }[] };
  expect(items.find((item) => item.definition.name === role)?.definition.objects).toMatchObject({
    product: { read: { when: "false" } },
    contact: { fields: { mobile: "masked" } },
  });

  // A role somebody holds does not go: it says so, and stays.
  await page.goto("/settings/roles");
  await page.getByRole("button", { name: `删除角色“${role}”` }).click();
  const removal = page.getByRole("dialog");
  await expect(removal).toContainText(`还有1处使用角色“${role}”`);
  await expect(removal.getByRole("button", { name: /删除角色/ })).toBeDisabled();
  await removal.getByRole("button", { name: "返回修改" }).click();
  await expect(page.getByRole("link", { name: role })).toBeVisible();
});

test("a sharing rule opens records to its audience only once it is saved", async ({ page }) => {
  const me = await signIn(page, "admin");
  const role = uniqueName("role_s");
  const label = { "zh-CN": role, en: role };
  await applyChanges(page, me, [{ op: "put_role", role: { name: role, label, objects: { user: { read: "all" } } } }]);
  const email = await createMember(page, me, role);
  const name = uniqueName("共享客户");
  const account = await createRecord(page, me, "account", { name, kind: "company" });
  await page.goto("/settings/sharing");
  await page.getByRole("button", { name: "新建共享规则" }).click();
  const drawer = page.locator(".ant-drawer-section").filter({ hasText: "规则名称" });
  await drawer.getByLabel("规则名称（中文）").fill(`规则${name}`);
  await drawer.locator("#sharing-object").click();
  await choose(page, /^客户$/);
  await drawer.locator("#sharing-when").fill(`name == "${name}"`);
  await drawer.locator("#sharing-roles").fill(role);
  await choose(page, role);
  await page.keyboard.press("Escape");
  await drawer.getByRole("button", { name: "检查影响并保存" }).click();
  const dialog = page.getByRole("dialog", { name: "检查影响" });
  await expect(dialog).toContainText("1 人增加");
  await dialog.getByRole("button", { name: /保\s*存/ }).click();
  await expect(drawer).toBeHidden();
  await expect(page.getByRole("main")).toContainText(`规则${name}`);

  await signInAs(page, email);
  expect((await page.request.get(`/api/v1/records/account/${account.id}`)).status()).toBe(200);
  expect(await page.request.get("/api/v1/records/account").then((answer) => answer.json())).toMatchObject({
    items: [{ id: account.id }],
  });
});

test("a record is shared with a colleague, who then sees it, and everybody is told why", async ({ page }) => {
  test.setTimeout(120_000);
  const me = await signIn(page, "admin");
  const role = uniqueName("role_w");
  const label = { "zh-CN": role, en: role };
  const objects = { user: { read: "all" }, account: { read: "own", deny: { verbs: ["share"] } } };
  await applyChanges(page, me, [{ op: "put_role", role: { name: role, label, objects } }]);
  const email = await createMember(page, me, role);
  const colleague = await page.request.get("/api/v1/records/user", { params: { filter: `email == "${email}"` } });
  const name = ((await colleague.json()) as { items: { name: string }[] }).items[0]?.name ?? "";
  const account = await createRecord(page, me, "account", { name: uniqueName("共享"), kind: "company" });
  await waitUntilFound(page, name);

  await page.goto(`/r/account/${account.id}`);
  await page.getByRole("button", { name: "更多" }).first().click();
  await page.getByRole("menuitem", { name: "共享与权限…" }).click();
  const drawer = page.getByRole("dialog", { name: /共享与权限/ });
  await expect(drawer).toContainText("还没有单独共享");
  await drawer.getByRole("button", { name: /^共\s*享$/ }).click();
  await expect(drawer).toContainText("请选择共享给谁");
  await drawer.locator("#share-whom").fill(name);
  await choose(page, name);
  await drawer.locator("#share-level").click();
  await choose(page, "查看和更改");
  const shared = saved(page, "POST", `/records/account/${account.id}/shares`);
  await drawer.getByRole("button", { name: /^共\s*享$/ }).click();
  await shared;
  await expect(drawer.locator(".gx-access-list")).toContainText(name);

  await drawer.getByRole("tab", { name: "谁能看到" }).click();
  await expect(drawer.locator(".gx-access-list > li").filter({ hasText: name })).toContainText(
    `单独共享给${name}：可更改`,
  );
  await drawer.getByRole("tab", { name: "为什么" }).click();
  await drawer.locator("#why-member").fill(name);
  await choose(page, name);
  await expect(drawer.locator("li[data-verb=update]")).toContainText("更改：可以");
  await expect(drawer.locator("li[data-verb=delete]")).toContainText("没有任何角色、规则或共享允许");
  await expect(drawer.locator("li[data-verb=share]")).toContainText(`角色“${role}”禁止`);

  // The colleague sees it, but may not hand it on: nothing of the kind is offered.
  await signInAs(page, email);
  await page.goto(`/r/account/${account.id}`);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("共享");
  await page.getByRole("button", { name: "更多" }).first().click();
  await expect(page.getByRole("menuitem", { name: "复制链接" })).toBeVisible();
  await expect(page.getByRole("menuitem", { name: "共享与权限…" })).toHaveCount(0);
  await expect(page.getByRole("menuitem", { name: "我的权限…" })).toBeVisible();
  expect((await page.request.get(`/api/v1/records/account/${account.id}/viewers`)).status()).toBe(403);

  await signIn(page, "admin", `/r/account/${account.id}`);
  await page.getByRole("button", { name: "更多" }).first().click();
  await page.getByRole("menuitem", { name: "共享与权限…" }).click();
  const ended = saved(page, "DELETE", "/shares/member/");
  await page.getByRole("button", { name: `取消与${name}的共享` }).click();
  await ended;
  await expect(page.getByRole("dialog", { name: /共享与权限/ })).toContainText("还没有单独共享");
  await signInAs(page, email);
  expect((await page.request.get(`/api/v1/records/account/${account.id}`)).status()).toBe(404);
});
