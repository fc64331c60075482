import { createRecord } from "../support/api.ts";
import { choose, field, saved, toast, uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("a new customer: what is wrong is said at its field, and what was typed stays", async ({ page }) => {
  await signIn(page, "sales", "/o/account/new");
  const name = uniqueName("表单测试");
  // The form begins in its first field; whoever is quicker would be led back there.
  await expect(field(page, "name").getByRole("textbox")).toBeFocused();
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

/** A code of no company, with the check digit of GB 32100. */
function creditCode(): string {
  const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  const body = `9131${String(Date.now()).slice(-13)}`;
  const sum = [...body].reduce((total, it, place) => total + alphabet.indexOf(it) * (3 ** place % 31), 0);
  return body + alphabet[(31 - (sum % 31)) % 31];
}

test("what the server alone can refuse comes back to its field too", async ({ page }) => {
  const me = await signIn(page, "sales");
  const code = creditCode();
  await createRecord(page, me, "account", { name: uniqueName("先来"), kind: "company", credit_code: code });
  await page.goto("/o/account/new");
  await field(page, "name").getByRole("textbox").fill(uniqueName("后到"));
  await field(page, "credit_code").getByRole("textbox").fill(code);
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await expect(field(page, "credit_code").getByRole("alert")).toBeVisible();
  await expect(field(page, "credit_code").getByRole("textbox")).toHaveValue(code);
  await expect(page).toHaveURL(/\/o\/account\/new/);

  // A typing error is told by its check digit; small letters and blanks are no error, and neither is another writing of the name.
  const wrong = code.slice(0, 17) + (code.endsWith("A") ? "B" : "A");
  await field(page, "credit_code").getByRole("textbox").fill(wrong);
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await expect(field(page, "credit_code").getByRole("alert")).toContainText(`校验码“${wrong.slice(-1)}”`);
  const name = uniqueName("归一");
  await field(page, "name").getByRole("textbox").fill(`${name} (上海) 有限公司`);
  await field(page, "credit_code")
    .getByRole("textbox")
    .fill(
      ` ${creditCode()
        .toLowerCase()
        .replace(/(.{4})/g, "$1 ")}`,
    );
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: `${name}（上海）有限公司` })).toBeVisible();
});

test("what only the server knows is told while one types, and stops no save", async ({ page }) => {
  const me = await signIn(page, "sales");
  const code = creditCode();
  await createRecord(page, me, "account", { name: uniqueName("在先"), kind: "company", credit_code: code });
  await page.goto("/o/account/new");
  await expect(field(page, "name").getByRole("textbox")).toBeFocused();
  const box = field(page, "credit_code").getByRole("textbox");
  const writes: string[] = [];
  page.on("request", (request) => {
    const { pathname, search } = new URL(request.url());
    if (request.method() === "POST" && pathname.endsWith("/records/account")) writes.push(search);
  });
  await box.fill(code);
  await page.keyboard.press("Tab");
  await expect(field(page, "credit_code").getByRole("alert")).toBeVisible();
  await expect(box).toHaveAttribute("aria-invalid", "true");
  await expect(box).toHaveAccessibleDescription(/\S/);
  // Nothing was saved, and the cursor stays where it went.
  expect(new Set(writes)).toEqual(new Set(["?dry_run=true"]));
  await expect(page).toHaveURL(/\/o\/account\/new/);
  await expect(box).not.toBeFocused();
  // Another value is another question: what was wrong is gone at once.
  await box.fill(creditCode());
  await expect(field(page, "credit_code").getByRole("alert")).toBeHidden();
  const name = uniqueName("在后");
  await field(page, "name").getByRole("textbox").fill(name);
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
});

test("an address is chosen from province to street, by pinyin", async ({ page }) => {
  await signIn(page, "sales", "/o/account/new");
  const name = uniqueName("地址");
  await field(page, "name").getByRole("textbox").fill(name);
  const address = field(page, "address");
  await address.getByRole("combobox", { name: "省 / 市 / 区县" }).fill("shenzhen nanshan");
  await page
    .getByRole("menuitem", { name: "广东省 / 深圳市 / 南山区" })
    .or(page.getByTitle("广东省 / 深圳市 / 南山区"))
    .first()
    .click();
  await expect(address).toContainText("广东省 / 深圳市 / 南山区");
  const street = address.getByRole("combobox", { name: "街道、门牌" });
  await street.click();
  await street.fill("yuehai");
  await choose(page, "粤海街道");
  await street.pressSequentially("科技园南路1号");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await expect(page.getByRole("main")).toContainText("广东省深圳市南山区粤海街道科技园南路1号");
});

test("a whole address pasted is taken apart at once", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await signIn(page, "sales", "/o/account/new");
  const address = field(page, "address");
  await page.evaluate(() => navigator.clipboard.writeText("上海市浦东新区世纪大道100号"));
  await address.getByRole("combobox", { name: "街道、门牌" }).click();
  await page.keyboard.press("Control+v");
  await expect(address).toContainText("上海市 / 浦东新区");
  await expect(address.getByRole("combobox", { name: "街道、门牌" })).toHaveValue("世纪大道100号");
});

test("new opens over the list, which stays; what was typed is not lost by closing", async ({ page }) => {
  await signIn(page, "sales2", "/o/contact?view=all");
  await expect(page.locator(".gx-row[role=row]").first()).toBeVisible();
  await page.getByRole("link", { name: "新建联系人" }).click();
  const drawer = page.getByRole("dialog", { name: "新建联系人" });
  await expect(drawer).toBeVisible();
  await expect(page).toHaveURL(/\/o\/contact\?view=all/);
  const name = uniqueName("抽屉");
  await drawer.locator('[data-field="name"]').getByRole("textbox").fill(name);
  await drawer.getByRole("button", { name: /取\s*消/ }).click();
  const question = page.getByRole("dialog", { name: "有未保存的修改" });
  await question.getByRole("button", { name: "继续编辑" }).click();
  await expect(drawer.locator('[data-field="name"]').getByRole("textbox")).toHaveValue(name);
  // Somebody who can be reached is a contact.
  await drawer.locator('[data-field="wechat"]').getByRole("textbox").fill(name);
  const made = saved(page, "POST", "/records/contact");
  await page.keyboard.press("Control+Enter");
  await made;
  await expect(drawer).toBeHidden();
  await expect(page).toHaveURL(/\/o\/contact\?view=all/);
  await toast(page, name)
    .getByRole("button", { name: /打\s*开/ })
    .click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
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
