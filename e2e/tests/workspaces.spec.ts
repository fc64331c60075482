import { row, saved, toast, uniqueName } from "../support/screens.ts";
import { demoEmail, demoPassword, signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("a workspace is made as a copy, lives by itself, and goes only when its id is typed", async ({
  page,
  playwright,
  baseURL,
}) => {
  await signIn(page, "admin", "/settings/workspaces");
  const id = uniqueName("exam_");
  const name = `练习${id}`;
  await expect(page.getByText("目前只有主空间。").or(page.locator(".gx-token-list li").nth(1))).toBeVisible();
  await page.getByRole("button", { name: "新建企业空间" }).click();
  const dialog = page.getByRole("dialog", { name: "新建企业空间" });
  await dialog.getByLabel("名称").fill(name);
  await dialog.getByLabel("编号").fill("Exam 1");
  await dialog.getByRole("button", { name: /新\s*建/ }).click();
  const problem = dialog.locator(".ant-form-item-explain-error");
  await expect(problem).toContainText("以小写字母开头");
  // What only the server knows comes back to its field: this id names the workspace that is always there.
  await dialog.getByLabel("编号").fill("main");
  await dialog.getByLabel("编号").blur();
  await expect(problem).toHaveCount(0);
  await dialog.getByRole("button", { name: /新\s*建/ }).click();
  await expect(problem).toBeVisible();
  await expect(dialog.getByLabel("名称")).toHaveValue(name);

  await dialog.getByLabel("编号").fill(id);
  await dialog.getByLabel("内容").click();
  await page.locator(".ant-select-item-option").filter({ hasText: "复制" }).first().click();
  const made = saved(page, "POST", "/workspaces");
  await dialog.getByRole("button", { name: /新\s*建/ }).click();
  await made;
  await expect(toast(page, `“${name}”已建好`)).toBeVisible();
  await expect(dialog).toBeHidden();
  const line = page.locator(".gx-token-list li").filter({ hasText: name });
  await expect(line).toContainText(`/w/${id}/api/v1`);

  // It has what it was copied from, and the same people.
  const visitor = await playwright.request.newContext({ baseURL });
  const login = { email: demoEmail("admin"), password: demoPassword };
  const entered = await visitor.post(`/w/${id}/api/v1/auth/login`, { data: login });
  expect(entered.status()).toBe(200);
  const count = { params: { count: "exact", limit: 1 } };
  const copied = await (await visitor.get(`/w/${id}/api/v1/records/account`, count)).json();
  expect(copied.count.value).toBeGreaterThan(100);

  // It is opened at its own address, in the same browser, with a session of its own.
  const opened = page.context().waitForEvent("page");
  await line.getByRole("link", { name: `在新标签页打开“${name}”` }).click();
  const other = await opened;
  await expect(other).toHaveURL(new RegExp(`/w/${id}/login`));
  await other.getByLabel("邮箱").fill(login.email);
  await other.getByLabel("密码", { exact: true }).fill(login.password);
  const heard = other.waitForEvent("websocket");
  await other.getByRole("button", { name: "登录" }).click();
  await expect(other).toHaveURL(new RegExp(`/w/${id}/home`));
  expect((await heard).url()).toContain(`/w/${id}/api/v1/live`);
  const client = uniqueName("空间客户");
  await other.goto(`/w/${id}/o/account?filter=${encodeURIComponent(`name.startsWith('${client}')`)}`);
  await expect(other.getByRole("heading", { name: "没有符合条件的客户" })).toBeVisible();
  // Links stay within.
  const added = await visitor.post(`/w/${id}/api/v1/records/account`, {
    data: { name: client, kind: "company" },
    headers: { "X-CSRF-Token": (await entered.json()).csrf_token },
  });
  expect(added.status()).toBe(201);
  // A list without rows shows it by itself, though it is the same member who made it elsewhere.
  const link = other.getByRole("link", { name: client });
  await expect(link).toBeVisible();
  await expect(link).toHaveAttribute("href", new RegExp(`^/w/${id}/r/account/`));
  await link.click();
  await expect(other).toHaveURL(new RegExp(`/w/${id}/r/account/`));
  await expect(other.getByRole("heading", { level: 1, name: client })).toBeVisible();
  // The main company knows nothing of it, and its session goes on when the other one ends.
  await other.locator(".gx-user-button").click();
  await other.getByRole("menuitem", { name: "退出登录" }).click();
  await expect(other).toHaveURL(new RegExp(`/w/${id}/login`));
  await other.close();
  const found = await page.request.get("/api/v1/records/account", { params: { filter: `name == '${client}'` } });
  expect((await found.json()).items).toEqual([]);

  await line.getByRole("button", { name: `删除“${name}”` }).click();
  const sure = page.getByRole("dialog", { name: `彻底删除“${name}”？` });
  await expect(sure.getByRole("button", { name: "彻底删除" })).toBeDisabled();
  await sure.getByRole("textbox").fill(id.slice(1));
  await expect(sure.getByRole("button", { name: "彻底删除" })).toBeDisabled();
  await sure.getByRole("textbox").fill(id);
  const dropped = saved(page, "DELETE", `/workspaces/${id}`);
  await sure.getByRole("button", { name: "彻底删除" }).click();
  await dropped;
  await expect(line).toHaveCount(0);
  expect((await visitor.get(`/w/${id}/api/v1/me`)).status()).toBe(404);
  await visitor.dispose();

  // The main one has the data still.
  await page.goto("/o/account?view=all");
  await expect(row(page, "").first()).toBeVisible();
});

test("workspaces are for administrators", async ({ page }) => {
  await signIn(page, "sales", "/settings/workspaces");
  await expect(page.getByText("只有管理员可以更改设置")).toBeVisible();
  expect((await page.request.get("/api/v1/workspaces")).status()).toBe(403);
});
