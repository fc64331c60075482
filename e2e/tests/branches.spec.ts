import type { Browser, Page } from "@playwright/test";
import { createRecord, waitUntilFound } from "../support/api.ts";
import { saved, uniqueName } from "../support/screens.ts";
import { type Me, signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

const PASSWORD = "Correct-horse-battery-9";

/** A browser of a new member, who chose his password by the link an administrator gave him. */
async function firstSignIn(browser: Browser, page: Page, me: Me, member: string): Promise<Page> {
  const link = await page.request.post(`/api/v1/users/${member}/link`, {
    headers: { "X-CSRF-Token": me.csrf_token },
    data: {},
  });
  const { path } = (await link.json()) as { path: string };
  const context = await browser.newContext();
  const answer = await context.request.post("/api/v1/auth/password", {
    data: { token: path.split("#")[1], password: PASSWORD },
  });
  expect(answer.status(), await answer.text()).toBe(200);
  return context.newPage();
}

test("a branch administrator keeps the people of the branch and nobody else's", async ({ page, browser }) => {
  const me = await signIn(page, "admin");
  const [north, south] = [uniqueName("北区"), uniqueName("南区")];
  const own = await createRecord(page, me, "department", { name: north });
  const other = await createRecord(page, me, "department", { name: south });
  const member = (name: string, department: string, roles: string[]) =>
    createRecord(page, me, "user", { name, email: `${name}@xinghe.example`, roles, department, active: true });
  const inside = uniqueName("北区员工");
  const outside = uniqueName("南区员工");
  const chief = await member(uniqueName("北区管理员"), own.id, ["member", "branch_administrator"]);
  await member(inside, own.id, ["sales"]);
  const stranger = await member(outside, other.id, ["sales"]);

  await waitUntilFound(page, inside);
  await waitUntilFound(page, outside);
  const branch = await firstSignIn(browser, page, me, chief.id);
  await branch.goto("/settings/members");
  const search = branch.getByRole("textbox", { name: "搜索姓名或邮箱" });
  await search.fill(inside);
  await branch.getByRole("button", { name: inside, exact: true }).click();
  const form = branch.getByRole("dialog");
  const roles = form.locator('[data-field="roles"]').getByRole("combobox");
  await roles.click();
  const offered = branch.locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden)");
  await expect(offered.getByText("市场专员", { exact: true }).first()).toBeVisible();
  await expect(offered.getByText("管理员", { exact: true })).toHaveCount(0);
  await expect(offered.getByText("分支管理员", { exact: true })).toHaveCount(0);
  const title = form.locator('[data-field="job_title"]').getByRole("textbox");
  await title.click();
  await title.fill("门店主管");
  const changed = saved(branch, "PATCH", "/records/user/");
  await title.press("Control+Enter");
  await changed;

  // Beyond the branch nothing is offered, and what is tried all the same is refused.
  await search.fill(outside);
  await expect(branch.getByRole("button", { name: outside, exact: true })).toHaveCount(0);
  const mine = (await (await branch.request.get("/api/v1/me")).json()) as Me;
  const refused = await branch.request.patch(`/api/v1/records/user/${stranger.id}`, {
    headers: { "X-CSRF-Token": mine.csrf_token },
    data: { job_title: "被改" },
  });
  expect(refused.status()).toBe(403);
  await branch.goto("/settings/roles");
  await expect(branch.getByText("只有管理员可以更改设置")).toBeVisible();
  await branch.context().close();
});
