import { createRecord, waitUntilFound } from "../support/api.ts";
import { choose, field, row, saved, searchList, toast, uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("a field the administrator adds is in the form, the record, the list and the filter at once", async ({ page }) => {
  const me = await signIn(page, "admin", "/settings/objects/account");
  const label = uniqueName("合作年限");
  const name = label.replace("合作年限", "years_");
  await page.getByRole("button", { name: "新建字段" }).click();
  const drawer = page.locator(".ant-drawer-section").filter({ hasText: "内部名称" });
  await drawer.getByLabel("显示名称（中文）").fill(label);
  await drawer.locator("#field-type").click();
  await choose(page, "整数");
  await drawer.locator("#field-name").fill(name);
  await drawer.getByRole("button", { name: "检查并预览" }).click();
  const plan = page.getByRole("dialog").filter({ hasText: `新建字段“${label}”` });
  const applied = saved(page, "POST", "/schema");
  await plan.getByRole("button", { name: /应\s*用/ }).click();
  await applied;
  await expect(drawer).toBeHidden();
  await expect(page.getByRole("main")).toContainText(label);

  // The form, without a reload in between.
  await page.getByRole("link", { name: "客户", exact: true }).first().click();
  await page.getByRole("main").getByText("新建客户").first().click();
  await field(page, "name").getByRole("textbox").fill(`${label}客户`);
  await field(page, name).getByRole("spinbutton").or(field(page, name).getByRole("textbox")).first().fill("7");
  await page.keyboard.press("Control+Enter");
  await toast(page, `${label}客户`)
    .getByRole("button", { name: /打\s*开/ })
    .click();
  await expect(page.getByRole("heading", { level: 1, name: `${label}客户` })).toBeVisible();
  await expect(page.locator(".gx-inline").filter({ hasText: label }).last()).toContainText("7");

  // The list: as a column and as a condition.
  await createRecord(page, me, "account", { name: `${label}另一家`, kind: "company", [name]: 3 });
  await waitUntilFound(page, `${label}另一家`);
  await page.goto("/o/account");
  await searchList(page, label);
  await expect(page.locator(".gx-row[role=row]")).toHaveCount(2);
  await page.getByRole("button", { name: "列", exact: true }).click();
  await page.getByPlaceholder("查找字段").fill(label);
  await page.locator(".gx-columns-available").getByRole("button", { name: label }).first().click();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("columnheader", { name: label })).toBeVisible();

  await page.getByRole("button", { name: "筛选" }).click();
  await page.locator(".gx-condition-field input").last().fill(label);
  await choose(page, label);
  await page.locator(".gx-condition-operator").last().click();
  await choose(page, "大于等于");
  await page.locator(".gx-condition-value input").last().fill("5");
  await page.getByRole("button", { name: "应用筛选" }).click();
  await expect(page.locator(".gx-row[role=row]")).toHaveCount(1);
  await expect(row(page, `${label}客户`)).toBeVisible();
});

test("a field is previewed before it is removed, and its data only goes after a yes", async ({ page }) => {
  const me = await signIn(page, "admin");
  const name = uniqueName("old_");
  const change = {
    op: "add_field",
    object: "contact",
    field: { name, type: "text", label: { "zh-CN": name, en: name } },
  };
  const made = await page.request.post("/api/v1/schema/apply", {
    data: { changes: [change] },
    headers: { "X-CSRF-Token": me.csrf_token },
  });
  expect(made.ok(), await made.text()).toBe(true);
  await createRecord(page, me, "contact", {
    name: { family: "旧", given: "数据" },
    email: "old@example.com",
    [name]: "会丢失",
  });
  await page.goto("/settings/objects/contact");
  await page.getByRole("button", { name: `删除字段“${name}”` }).click();
  const plan = page.getByRole("dialog", { name: "删除字段" });
  await expect(plan).toContainText("1 个值");
  await expect(plan.getByRole("button", { name: "丢弃数据并应用" })).toBeDisabled();
  await plan.getByRole("checkbox", { name: /我确认丢弃/ }).check();
  await plan.getByRole("button", { name: "丢弃数据并应用" }).click();
  await expect(plan).toBeHidden();
  await expect(page.getByRole("main")).not.toContainText(name);
});

test("the administrator names the company and sets its currency; what is wrong is said at its field", async ({
  page,
}) => {
  const me = await signIn(page, "admin", "/settings/workspace");
  const before = await (await page.request.get("/api/v1/workspace")).json();
  const name = uniqueName("星河");
  await page.getByLabel("企业名称").fill(" ");
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await expect(page.getByRole("main")).toContainText("请填写企业名称");
  await page.getByLabel("企业名称").fill(name);
  await page.getByLabel("默认货币").click();
  await page.getByLabel("默认货币").fill("USD");
  await choose(page, "USD");
  const written = saved(page, "PATCH", "/workspace");
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await written;
  await expect(page.getByRole("banner")).toContainText(name);
  const after = await (await page.request.get("/api/v1/workspace")).json();
  expect(after).toEqual({ ...before, name, currency: "USD" });
  const restored = await page.request.patch("/api/v1/workspace", {
    data: { name: before.name, currency: before.currency },
    headers: { "X-CSRF-Token": me.csrf_token },
  });
  expect(restored.ok(), await restored.text()).toBe(true);
});

test("a list, a rule and an index of one's own on a standard object, and back to the standard", async ({ page }) => {
  await signIn(page, "admin", "/settings/objects/product");
  const name = uniqueName("重点产品");
  const drawer = page.locator(".ant-drawer-section");
  const plan = page.getByRole("dialog").filter({ has: page.getByRole("button", { name: /应\s*用/ }) });
  const apply = async () => {
    await drawer.getByRole("button", { name: "检查并预览" }).click();
    const applied = saved(page, "POST", "/schema/apply");
    await plan.getByRole("button", { name: /应\s*用/ }).click();
    await applied;
    await expect(drawer).toBeHidden();
  };

  await page.getByRole("button", { name: "新建列表" }).click();
  await drawer.getByLabel("列表名称（中文）").fill(name);
  await drawer.locator("#list-columns").click();
  await choose(page, "产品编码");
  // A wrong condition is told where it is wrong, in the administrator's language.
  await drawer.locator("#list-filter").fill("code = 'PE30'");
  await expect(drawer.locator(".gx-place mark")).toHaveText("=");
  await expect(drawer.getByRole("button", { name: "检查并预览" })).toBeDisabled();
  await drawer.locator("#list-filter").fill("code != 'PE30'");
  await apply();
  await expect(page.getByRole("main")).toContainText(name);

  await page.getByRole("button", { name: "新建规则" }).click();
  await drawer.locator("#rule-expression").fill("list_price >= 1");
  await drawer.getByLabel("不满足时的提示（中文）").fill(`${name}至少1元`);
  await apply();

  await page.getByRole("button", { name: "新建索引" }).click();
  await drawer.locator("#index-fields").click();
  await choose(page, "产品名称");
  await drawer.locator("#index-fields").click();
  await choose(page, "产品编码");
  await apply();
  await expect(page.getByRole("main")).toContainText("产品名称 + 产品编码");

  // The list is there for everybody, with its column and without what its condition leaves out.
  await page.getByRole("button", { name: "打开列表" }).click();
  await page.getByRole("button", { name: "在售产品" }).click();
  await page.getByText(name).first().click();
  await expect(page.getByRole("columnheader", { name: "产品编码" })).toBeVisible();

  await page.goto("/settings/objects/product");
  await page.getByRole("button", { name: "恢复为标准", exact: true }).click();
  const reset = saved(page, "POST", "/schema/apply");
  await plan.getByRole("button", { name: /应\s*用/ }).click();
  await reset;
  await expect(page.getByRole("main")).not.toContainText(name);
  await expect(page.getByRole("main")).not.toContainText("产品名称 + 产品编码");
});

test("amounts can be in a currency once it has a rate", async ({ page }) => {
  const me = await signIn(page, "admin", "/settings/currencies");
  await page.getByRole("combobox", { name: "添加币种" }).click();
  await page.keyboard.type("USD");
  await choose(page, /^USD/);
  await page.getByRole("spinbutton", { name: "USD 的汇率" }).fill("7.12");
  await page.getByRole("button", { name: "检查并预览" }).click();
  const applied = saved(page, "POST", "/schema/apply");
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /应\s*用/ })
    .click();
  await applied;
  const account = await createRecord(page, me, "account", { name: uniqueName("外币客户"), kind: "company" });
  const deal = { name: uniqueName("外币商机"), account: account.id, close_date: "2030-01-01" };
  const made = await createRecord(page, me, "opportunity", { ...deal, amount: { amount: "100", currency: "USD" } });
  const read = await page.request.get(`/api/v1/records/account/${account.id}`);
  expect(await read.json()).toMatchObject({ open_amount: "712.00" });

  // What is rolled up has its currency; what a column of the board comes to is told currency by currency.
  await createRecord(page, me, "opportunity", { ...deal, name: uniqueName("本币商机"), amount: "30000" });
  await page.goto(`/r/account/${account.id}`);
  await expect(page.locator(".gx-facts").getByText("¥30,712")).toBeVisible();
  await page.goto(`/o/opportunity/board?filter=${encodeURIComponent(`account == '${account.id}'`)}`);
  await expect(page.locator(".gx-board-sum").getByText("¥30,000 + US$100")).toBeVisible();

  // A rate goes when no amount needs it any more; other tests find the company as it was.
  const headers = { "X-CSRF-Token": me.csrf_token };
  const none = { changes: [{ op: "put_rates", rates: {} }] };
  expect((await page.request.post("/api/v1/schema/apply", { data: none, headers })).status()).toBe(422);
  const yuan = { amount: { amount: "100", currency: "CNY" } };
  expect((await page.request.patch(`/api/v1/records/opportunity/${made.id}`, { data: yuan, headers })).ok()).toBe(true);
  expect((await page.request.post("/api/v1/schema/apply", { data: none, headers })).ok()).toBe(true);
});

test("an own object gets a calendar, which shows its records", async ({ page }) => {
  const me = await signIn(page, "admin");
  const name = uniqueName("custom_");
  const title = uniqueName("验收");
  const text = (label: string) => ({ "zh-CN": label, en: label });
  const object = {
    name,
    label: text("验收单"),
    plural: text("验收单"),
    title_field: "name",
    field: [
      { name: "name", type: "text", label: text("名称"), required: true },
      { name: "due", type: "date", label: text("到期日"), indexed: true },
    ],
    views: { list: [{ name: "all", label: text("全部"), columns: ["name", "due"] }] },
  };
  const made = await page.request.post("/api/v1/schema/apply", {
    data: { changes: [{ op: "add_object", object }] },
    headers: { "X-CSRF-Token": me.csrf_token },
  });
  expect(made.ok(), await made.text()).toBe(true);
  await createRecord(page, me, name, { name: title, due: new Date().toISOString().slice(0, 10) });

  await page.goto(`/settings/objects/${name}`);
  await page.getByRole("button", { name: "编辑“日历”" }).click();
  const drawer = page.getByRole("dialog", { name: "日历" });
  await expect(drawer).toContainText("到期日");
  await drawer.getByRole("button", { name: "检查并预览" }).click();
  const applied = saved(page, "POST", "/schema/apply");
  await page
    .getByRole("dialog")
    .last()
    .getByRole("button", { name: /应\s*用/ })
    .click();
  await applied;
  await page.goto(`/o/${name}/calendar`);
  await expect(page.getByRole("main")).toContainText(title);
});

test("what is typed about a field is not lost by closing", async ({ page }) => {
  await signIn(page, "admin", "/settings/objects/contact");
  await page.getByRole("button", { name: "新建字段" }).click();
  const drawer = page.getByRole("dialog", { name: "新建字段" });
  const label = drawer.getByLabel("显示名称（中文）");
  await label.fill("没写完");
  await page.keyboard.press("Escape");
  const question = page.getByRole("dialog", { name: "有未保存的修改" });
  await question.getByRole("button", { name: "继续编辑" }).click();
  await expect(label).toHaveValue("没写完");
  await drawer.getByRole("button", { name: /取\s*消/ }).click();
  await question.getByRole("button", { name: /离\s*开/ }).click();
  await expect(drawer).toBeHidden();

  // Nothing typed, nothing asked.
  await page.getByRole("button", { name: "新建规则" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
});

test("only the administrator has settings", async ({ page }) => {
  await signIn(page, "sales", "/home");
  await expect(page.getByRole("link", { name: "客户", exact: true }).first()).toBeVisible();
  await expect(page.getByRole("link", { name: "对象与字段" })).toHaveCount(0);
  await page.goto("/settings/objects");
  await expect(page.getByText("只有管理员可以更改设置")).toBeVisible();
  expect((await page.request.get("/api/v1/schema/objects/account")).status()).toBe(403);
  expect((await page.request.get("/api/v1/workspace")).status()).toBe(403);

  await signIn(page, "admin", "/home");
  await expect(page.getByRole("link", { name: "对象与字段" })).toBeVisible();
});
