import { choose, saved, uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("a member asks for a role, the head agrees, an administrator gives it, and both see how it stands", async ({
  page,
}) => {
  test.setTimeout(120_000);
  const reason = uniqueName("季度盘点");
  await signIn(page, "sales", "/profile/rights");
  await expect(page.getByRole("heading", { name: "我的角色" })).toBeVisible();
  await page.getByRole("button", { name: "申请权限" }).click();
  const ask = page.getByRole("dialog", { name: "申请权限" });
  // What is missing is said at its place.
  await ask.getByRole("button", { name: "提交申请" }).click();
  await expect(ask).toContainText("请选择角色");
  await expect(ask).toContainText("请填写申请理由");
  await ask.getByRole("combobox", { name: "角色" }).click();
  await choose(page, /^数据分析师$/);
  await ask.getByRole("textbox", { name: "申请理由" }).fill(reason);
  const asked = saved(page, "POST", "/actions/ask");
  await ask.getByRole("button", { name: "提交申请" }).click();
  await asked;
  const mine = page.getByRole("region", { name: "我的申请" });
  await expect(mine).toContainText(reason);
  await expect(mine).toContainText("待部门负责人审批");

  await signIn(page, "salesmanager", "/profile/rights");
  let waiting = page.getByRole("region", { name: "待我审批" });
  await waiting
    .getByRole("listitem")
    .filter({ hasText: reason })
    .getByRole("button", { name: /批\s*准/ })
    .click();
  let dialog = page.getByRole("dialog", { name: /^批准/ });
  await dialog.getByRole("textbox", { name: "意见" }).fill("同意，仅限本季度");
  let decided = saved(page, "POST", "/actions/approve");
  await dialog.getByRole("button", { name: /批\s*准/ }).click();
  await decided;
  await expect(page.getByText("已同意，转给有权授予的人")).toBeVisible();

  await signIn(page, "admin", "/profile/rights");
  waiting = page.getByRole("region", { name: "待我审批" });
  await waiting
    .getByRole("listitem")
    .filter({ hasText: reason })
    .getByRole("button", { name: /批\s*准/ })
    .click();
  dialog = page.getByRole("dialog", { name: /^批准/ });
  decided = saved(page, "POST", "/actions/approve");
  await dialog.getByRole("button", { name: /批\s*准/ }).click();
  await decided;
  // Who has what: the role stands there with its end and its reason.
  await page.goto("/settings/holders");
  await page.getByText("只看会到期的").click();
  await expect(page.getByRole("row").filter({ hasText: reason })).toContainText("数据分析师");

  await signIn(page, "sales", "/profile/rights");
  await expect(page.getByRole("region", { name: "我的申请" })).toContainText("已批准至");
  await expect(page.getByText("另行授予")).toBeVisible();
});

test("a record that is not open can be asked for where its link led to", async ({ page }) => {
  const nowhere = "01890000-0000-7000-8000-00000000abcd";
  await signIn(page, "sales", `/r/account/${nowhere}`);
  await page.getByRole("link", { name: "申请查看" }).click();
  const ask = page.getByRole("dialog", { name: "申请权限" });
  await expect(ask.getByRole("textbox", { name: "记录的链接或编号" })).toHaveValue(`/r/account/${nowhere}`);
  await ask.getByRole("textbox", { name: "申请理由" }).fill("客户来电咨询");
  const asked = saved(page, "POST", "/actions/ask");
  await ask.getByRole("button", { name: "提交申请" }).click();
  await asked;
  const mine = page.getByRole("region", { name: "我的申请" });
  await expect(mine).toContainText("查看一条“客户”记录");
  const line = mine.getByRole("listitem").filter({ hasText: "客户来电咨询" });
  await line.getByRole("button", { name: /撤\s*回/ }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /撤\s*回/ })
    .click();
  await expect(line).toContainText("已撤回");
});
