import type { Page } from "@playwright/test";
import { type ApiRecord, createRecord, waitUntilFound } from "../support/api.ts";
import { choose, saved, uniqueName } from "../support/screens.ts";
import { demoEmail, type Me, signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

/** A seller whom the page of members finds by his name. */
async function createSeller(page: Page, me: Me, name: string, more: object = {}): Promise<ApiRecord> {
  const values = { name, email: `${name}@xinghe.example`, roles: ["sales"], active: true, ...more };
  const member = await createRecord(page, me, "user", values);
  await waitUntilFound(page, name);
  return member;
}

test("a member gets a role for a time, which is shown and taken back", async ({ page }) => {
  const me = await signIn(page, "admin");
  const name = uniqueName("代班");
  const member = await createSeller(page, me, name);
  await page.goto("/settings/members");
  await page.getByRole("textbox", { name: "搜索姓名或邮箱" }).fill(name);
  await page.getByRole("button", { name: `对 ${name} 的更多操作` }).click();
  await page.getByRole("menuitem", { name: "临时角色与部门角色…" }).click();
  const drawer = page.getByRole("dialog", { name: `${name} 的临时角色与部门角色` });
  await expect(drawer).toContainText("没有这样的角色");
  await drawer.getByRole("button", { name: "授予角色" }).click();
  const form = page.getByRole("dialog", { name: "新建角色授予" });
  await expect(form.locator('[data-field="member"]')).toContainText(name);
  await form.locator('[data-field="role"]').getByRole("combobox").click();
  await choose(page, "数据分析");
  const reason = form.locator('[data-field="reason"]').getByRole("textbox");
  await reason.fill("月底报表");
  const granted = saved(page, "POST", "/records/role_grant");
  await reason.press("Control+Enter");
  await granted;
  await expect(drawer).toContainText("月底报表");
  await expect(drawer).toContainText("生效中");

  const filter = `member == "${member.id}"`;
  const answer = await page.request.get("/api/v1/records/role_grant", { params: { filter } });
  expect(((await answer.json()) as { items: { role: string }[] }).items.map((item) => item.role)).toEqual(["analyst"]);
  await drawer.getByRole("button", { name: "收回角色" }).click();
  await page.getByRole("dialog", { name: "收回这个角色？" }).getByRole("button", { name: "收回角色" }).click();
  await expect(drawer).toContainText("没有这样的角色");
});

test("what a leaver owns is counted, handed over and taken back", async ({ page }) => {
  const me = await signIn(page, "admin");
  const name = uniqueName("离职");
  const leaver = await createSeller(page, me, name);
  const account = await createRecord(page, me, "account", { name, kind: "company", owner: leaver.id });
  const report = await createSeller(page, me, uniqueName("下属"), { manager: leaver.id });
  const team = await createRecord(page, me, "team", { name, members: [leaver.id, report.id] });
  const placesNow = async () => {
    const read = async (path: string) => (await page.request.get(`/api/v1/records/${path}`)).json();
    const { manager } = (await read(`user/${report.id}`)) as { manager: { id: string } };
    const { members } = (await read(`team/${team.id}`)) as { members: { id: string }[] };
    return [manager.id, members.map((member) => member.id)] as const;
  };
  const ownerNow = async () => {
    const answer = await page.request.get(`/api/v1/records/account/${account.id}`);
    return ((await answer.json()) as { owner: { id: string } }).owner.id;
  };
  await page.goto("/settings/members");
  await page.getByRole("textbox", { name: "搜索姓名或邮箱" }).fill(name);
  // The row that is there before the search is done is another one after it.
  await expect(page.getByText("已显示 1 名，共 1 名")).toBeVisible();
  await page.getByRole("button", { name: `对 ${name} 的更多操作` }).click();
  await page.getByRole("menuitem", { name: "移交记录…" }).click();
  // By a plan (ownership.spec.ts), or all of it at once, places as well.
  await page.getByRole("button", { name: "移交下属与职务…" }).click();
  const drawer = page.getByRole("dialog", { name: `移交 ${name} 的记录` });
  await expect(drawer.getByRole("listitem").filter({ hasText: "客户" }).filter({ hasNotText: "关联" })).toContainText(
    "1",
  );
  const run = drawer.getByRole("button", { name: "移交 3 项" });
  await expect(run).toBeDisabled();
  await drawer.getByLabel("接手人").fill(demoEmail("sales2"));
  await choose(page, "周雨桐");
  // What is chosen is not lost without a question.
  await drawer.getByRole("button", { name: /取\s*消/ }).click();
  const asked = page.getByRole("dialog", { name: "有未保存的修改" });
  await asked.getByRole("button", { name: "继续编辑" }).click();
  await expect(drawer).toBeVisible();
  const changed = saved(page, "POST", "/bulk");
  await run.click();
  await changed;
  await expect(drawer).toContainText("已移交 1 项");
  expect(await ownerNow()).not.toBe(leaver.id);
  const [manager, members] = await placesNow();
  expect(manager).not.toBe(leaver.id);
  expect(members).toEqual(expect.arrayContaining([report.id, manager]));
  expect(members).not.toContain(leaver.id);
  for (const kind of ["客户", "直属下属", "所在的团队"]) {
    const line = drawer.getByRole("listitem").filter({ hasText: kind });
    const undone = saved(page, "POST", /\/changes\/.*\/undo/);
    await line.getByRole("button", { name: /撤\s*销/ }).click();
    await undone;
    await expect(line).toContainText("已撤销");
  }
  expect(await ownerNow()).toBe(leaver.id);
  expect(await placesNow()).toEqual([leaver.id, expect.arrayContaining([leaver.id, report.id])]);
});

test("the audit log is searched, verified and taken along by the administrator, and closed to others", async ({
  page,
}) => {
  const me = await signIn(page, "admin");
  const name = uniqueName("审计");
  const account = await createRecord(page, me, "account", { name, kind: "company" });
  await page.goto(`/settings/audit?record=${account.id}`);
  const entry = page.getByRole("main").getByRole("row").filter({ hasText: "新建" });
  await expect(entry).toHaveCount(1);
  await expect(entry).toContainText("客户");
  await entry.getByRole("link", { name: "打开记录" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();

  await page.goto("/settings/audit");
  await page.getByRole("combobox", { name: "操作", exact: true }).click();
  await page.keyboard.type("登录");
  await choose(page, /^登录$/);
  await expect(page).toHaveURL(/verb=sign_in/);
  await expect(page.getByRole("main").getByRole("row").filter({ hasText: me.user.name }).first()).toContainText("登录");
  await page.getByRole("button", { name: "校验完整性" }).click();
  await expect(page.getByRole("alert")).toContainText("日志完整");
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "导出 CSV" }).click();
  expect((await download).suggestedFilename()).toMatch(/^audit-\d{4}-\d\d-\d\d\.csv$/);

  await signIn(page, "sales", "/settings/audit");
  await expect(page.getByText("只有管理员和审计员可以查看审计日志")).toBeVisible();
  expect((await page.request.get("/api/v1/audit")).status()).toBe(403);
});

test("an administrator looks with a member's rights, told so on every screen, and comes back", async ({ page }) => {
  const me = await signIn(page, "admin");
  const seen = async () => {
    const answer = await page.request.get("/api/v1/records/account?count=exact&limit=1&fields=id");
    return ((await answer.json()) as { count: { value: number } }).count.value;
  };
  const all = await seen();
  await page.goto("/settings/members");
  await page.getByRole("textbox", { name: "搜索姓名或邮箱" }).fill(demoEmail("partner"));
  await page
    .getByRole("row")
    .filter({ hasText: demoEmail("partner") })
    .getByRole("button", { name: /的登录/ })
    .click();
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("button", { name: /的身份查看/ }).click();
  const banner = page.getByRole("status").filter({ hasText: "只能查看不能更改" });
  await expect(banner).toBeVisible();
  expect(await seen()).toBeLessThan(all);
  const refused = await page.request.post("/api/v1/records/account", {
    data: { name: uniqueName("不该有") },
    headers: { "X-CSRF-Token": me.csrf_token },
  });
  expect(((await refused.json()) as { code: string }).code).toBe("view_only");
  await page.goto("/o/account");
  await expect(banner).toBeVisible();
  await banner.getByRole("button", { name: "退出查看" }).click();
  await expect(banner).toBeHidden();
  expect(await seen()).toBe(all);
});

test("members are found by role, and all who wait are invited at once", async ({ page }) => {
  const me = await signIn(page, "admin");
  const [first, second] = [uniqueName("新人"), uniqueName("新人")];
  await createSeller(page, me, first);
  await createSeller(page, me, second, { roles: ["analyst"] });
  await page.goto("/settings/members");
  await expect(page.getByText(/已显示 \d+ 名，共 \d+ 名/)).toBeVisible();
  await page.getByRole("textbox", { name: "搜索姓名或邮箱" }).fill("新人");
  const table = page.getByRole("table");
  await expect(table).toContainText(first);
  await page.getByRole("combobox", { name: "角色" }).click();
  await choose(page, "数据分析");
  await expect(table).toContainText(second);
  await expect(table).not.toContainText(first);

  await page.getByRole("button", { name: /邀请待激活成员（\d+）/ }).click();
  const dialog = page.getByRole("dialog", { name: "邀请待激活成员" });
  const invited = saved(page, "POST", "/users/links");
  await dialog.getByRole("button", { name: /邀请 \d+ 名/ }).click();
  await invited;
  await expect(dialog).toContainText(/已生成 \d+ 个邀请链接/);
  const download = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "保存为文件" }).click();
  const file = await (await download).createReadStream();
  let text = "";
  for await (const chunk of file) text += String(chunk);
  expect(text).toContain(`"${first}"`);
  expect(text).toMatch(/\/activate#[0-9a-f]{64}/);
  await dialog
    .getByRole("button", { name: /关\s*闭/ })
    .last()
    .click();
  // Those who have no password yet, by themselves.
  await page.getByRole("textbox", { name: "搜索姓名或邮箱" }).fill("");
  await page.getByText(/^待激活 \d+$/).click();
  await expect(table).toContainText(second);
});
