import { createRecord } from "../support/api.ts";
import { field, uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("a new customer: what is wrong is said at its field, and what was typed stays", async ({ page }) => {
  await signIn(page, "sales", "/o/account/new");
  const name = uniqueName("表单测试");
  await field(page, "email").getByRole("textbox").fill("someone at example");
  await field(page, "phone").getByRole("textbox").first().fill("021 6888 4321");
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await expect(field(page, "name")).toContainText("请填写客户名称");
  await expect(field(page, "email")).toContainText("邮箱格式不对");
  await expect(page.getByText("还有 2 处需要填写或修改")).toBeVisible();
  await expect(field(page, "name").getByRole("textbox")).toBeFocused();
  await expect(field(page, "email").getByRole("textbox")).toHaveValue("someone at example");
  await expect(field(page, "phone").getByRole("textbox").first()).toHaveValue("021 6888 4321");

  await field(page, "name").getByRole("textbox").fill(name);
  await field(page, "email").getByRole("textbox").fill("someone@example.com");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await expect(page).toHaveURL(/\/r\/account\//);
});

test("what the server alone can refuse comes back to its field too", async ({ page }) => {
  const me = await signIn(page, "sales", "/login");
  const code = `9131${String(Date.now()).padStart(14, "0").slice(-14)}`;
  await createRecord(page, me, "account", { name: uniqueName("先来"), kind: "company", credit_code: code });
  await page.goto("/o/account/new");
  await field(page, "name").getByRole("textbox").fill(uniqueName("后到"));
  await field(page, "credit_code").getByRole("textbox").fill(code);
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await expect(field(page, "credit_code").getByRole("alert")).toBeVisible();
  await expect(field(page, "credit_code").getByRole("textbox")).toHaveValue(code);
  await expect(page).toHaveURL(/\/o\/account\/new/);
});

test("a form left half filled is a draft, and comes back", async ({ page }) => {
  await signIn(page, "sales", "/o/contact/new");
  await field(page, "title").getByRole("textbox").fill("技术总监");
  await page.getByRole("link", { name: "首页" }).first().click();
  await page
    .getByRole("dialog", { name: "有未保存的修改" })
    .getByRole("button", { name: /离\s*开/ })
    .click();
  await expect(page).toHaveURL(/\/home/);
  await page.goto("/o/contact/new");
  await expect(page.getByText("已恢复上次未保存的内容")).toBeVisible();
  await expect(field(page, "title").getByRole("textbox")).toHaveValue("技术总监");
  await page.getByRole("button", { name: "放弃这些内容" }).click();
  await expect(field(page, "title").getByRole("textbox")).toHaveValue("");
});
