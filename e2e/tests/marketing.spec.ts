import type { Page } from "@playwright/test";
import { expectAccessible } from "../support/accessibility.ts";
import { type ApiRecord, createRecord } from "../support/api.ts";
import { choose, field, saved, uniqueName } from "../support/screens.ts";
import { type Me, signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

const money = (amount: string) => ({ amount, currency: "CNY" });

/** A campaign that runs, with a lead and a cost of its own. */
async function campaign(page: Page): Promise<{ me: Me; made: ApiRecord; name: string }> {
  const me = await signIn(page, "marketing");
  const name = uniqueName("沙龙");
  const made = await createRecord(page, me, "campaign", {
    name,
    kind: "salon",
    status: "running",
    source: "event",
    budget: money("1000"),
    expected_leads: 4,
    research: "附近的工厂想看实机。",
  });
  await createRecord(page, me, "lead", { name: { full: "王小明" }, company: name, campaign: made.id });
  await createRecord(page, me, "campaign_cost", { note: "场地", campaign: made.id, amount: money("500") });
  return { me, made, name };
}

test("a campaign tells what it brought and cost, and where it stands", async ({ page }) => {
  const { made } = await campaign(page);
  await page.goto(`/r/campaign/${made.id}`);
  const panel = page.getByRole("region", { name: "活动成效" });
  await expect(panel.getByText("达到预期的 25%")).toBeVisible();
  await expect(panel.getByText("占预算的 50%")).toBeVisible();

  // Where it is, and what nobody wrote down.
  const steps = panel.getByRole("list").first();
  await expect(steps.getByRole("button", { name: /执行/ })).toHaveAttribute("aria-current", "step");
  await expect(steps.getByRole("button", { name: /调研/ })).toContainText("已完成");
  await expect(steps.getByRole("button", { name: /计划/ })).toContainText("没有记录");
  await steps.getByRole("button", { name: /调研/ }).click();
  await expect(panel.getByText("附近的工厂想看实机。")).toBeVisible();
  await expectAccessible(page);

  // The number opens the records behind it.
  await panel.getByRole("link", { name: "1", exact: true }).first().click();
  await expect(page).toHaveURL(/\/o\/lead/);
  await expect(page.getByRole("grid").getByText("王小明")).toBeVisible();
});

test("the text of a step is written where it stands", async ({ page }) => {
  const { made } = await campaign(page);
  await page.goto(`/r/campaign/${made.id}`);
  const panel = page.getByRole("region", { name: "活动成效" });
  await panel.getByRole("button", { name: /^评估/ }).click();
  await panel.getByRole("button", { name: "编辑评估" }).click();
  await panel.getByRole("textbox").fill("来的人少，下次换到周末。");
  const done = saved(page, "PATCH", `/records/campaign/${made.id}`);
  await panel.getByRole("button", { name: "保存" }).click();
  await done;
  await expect(panel.locator(".gx-long-text", { hasText: "来的人少，下次换到周末。" })).toBeVisible();
});

test("a lead noted down at a community belongs to it and says so", async ({ page }) => {
  const me = await signIn(page, "marketing");
  const name = uniqueName("新村");
  const made = await createRecord(page, me, "community", { name, kind: "physical" });
  await page.goto(`/r/community/${made.id}`);
  const panel = page.getByRole("region", { name: "村社成效" });
  await panel.getByRole("button", { name: "新建线索" }).click();
  const form = page.getByRole("dialog", { name: "新建线索" });
  await expect(form.locator('[data-field="community"]')).toContainText(name);
  await expect(form.locator('[data-field="source"]')).toContainText("村社维护");
  await form.locator('[data-field="name"]').getByRole("textbox").first().fill("赵大叔");
  await form.locator('[data-field="mobile"]').getByRole("textbox").fill("13800138000");
  await form.getByRole("button", { name: "保存", exact: true }).click();
  await expect(form).toBeHidden();
  await expect(panel.getByRole("definition").first()).toHaveText("1");
  await page.getByRole("tab", { name: /^线索/ }).click();
  await expect(page.getByRole("table").getByText("赵大叔")).toBeVisible();
});

test("what a web form asks for is chosen, put in order and named", async ({ page }) => {
  await signIn(page, "marketing", "/o/web_form");
  await page.getByRole("link", { name: /新建/ }).first().click();
  const form = page.getByRole("dialog", { name: "新建网页表单" });
  const name = uniqueName("预约");
  await field(page, "name").getByRole("textbox").fill(name);
  await field(page, "title").getByRole("textbox").fill("预约看机");
  const asked = field(page, "fields");
  await asked.getByRole("button", { name: "用常用项开始" }).click();
  await expect(asked.getByText(/请在下面填写“同意声明”/)).toBeVisible();
  await asked.getByRole("combobox").click();
  await choose(page, "职务");
  await asked.getByRole("button", { name: "上移职务" }).click();
  await asked.getByRole("textbox", { name: /手机在表单上的名称/ }).fill("联系电话");
  await expectAccessible(page);
  await field(page, "consent_text").getByRole("textbox").fill("我同意贵公司就本次预约与我联系。");
  const done = saved(page, "POST", "/records/web_form");
  await form.getByRole("button", { name: "保存", exact: true }).click();
  await done;

  await page.getByRole("grid").getByRole("link", { name }).click();

  // The page of the form says the same, and how it gets onto a website.
  await expect(page.getByRole("region", { name: "表单使用情况" })).toContainText("没有待审核的提交");
  await expect(page.getByText("联系电话必填")).toBeVisible();
  await page.getByRole("region", { name: "表单使用情况" }).getByRole("button", { name: "嵌入代码" }).click();
  const drawer = page.getByRole("dialog", { name: "嵌入代码" });
  await expect(drawer.getByRole("textbox", { name: /嵌入到网页/ })).toHaveValue(
    /<iframe src="http.*\/f\/[0-9a-f]{32}"/,
  );
  await expect(drawer.getByText(/还没有填写“允许嵌入的网站”/)).toBeVisible();
  const preview = drawer.frameLocator("iframe");
  await expect(preview.getByText("联系电话")).toBeVisible();
});

test("what was held is taken or refused where it stands", async ({ page }) => {
  const me = await signIn(page, "marketing");
  const name = uniqueName("线上咨询");
  const made = await createRecord(page, me, "web_form", {
    name,
    title: "在线咨询",
    fields: [{ field: "name" }, { field: "mobile" }, { field: "need" }],
    consent_text: "我同意。",
    active: true,
  });
  // Sent at once, as no person could: it is kept for somebody to look at.
  const opened = await page.request.get(`/f/${made.key as string}`);
  const token = /name="form-token" value="([^"]+)"/.exec(await opened.text())?.[1] ?? "";
  expect(token).not.toBe("");
  const sent = await page.request.post(`/f/${made.key as string}`, {
    form: { name: "钱先生", mobile: "13800138001", need: "想了解机器人", "form-consent": "yes", "form-token": token },
    headers: { accept: "text/html" },
  });
  expect(sent.status(), await sent.text()).toBeLessThan(400);
  await page.goto(`/r/web_form/${made.id}`);
  const panel = page.getByRole("region", { name: "待审核的提交" });
  await expect(panel).toContainText("钱先生");
  await expect(panel).toContainText("想了解机器人");
  await panel.getByRole("button", { name: /^转为线索/ }).click();
  await expect(panel).toContainText("没有待审核的提交");
  await page.goto(`/o/lead?view=all&q=${encodeURIComponent("钱先生")}`);
  await expect(page.getByRole("grid").getByText("钱先生").first()).toBeVisible();
});

test("what the leads of each source cost is told, and opens the records behind it", async ({ page }) => {
  await campaign(page);
  await signIn(page, "salesmanager", "/analysis/sales?period=year");
  const card = page.getByRole("region", { name: "来源成本", exact: true });
  await expect(card.getByRole("row").filter({ hasText: "展会与活动" }).first()).toBeVisible();
  const cost = card.getByRole("row").filter({ hasText: "展会与活动" }).first().getByRole("link").first();
  await cost.click();
  await expect(page).toHaveURL(/\/o\/campaign_cost/);
  await expect(page.getByRole("grid").getByText("场地").first()).toBeVisible();
});

test("who types a lead that is a customer already is told of the customer", async ({ page }) => {
  const me = await signIn(page, "sales");
  const name = uniqueName("翊晏霖");
  const phone = `021-6${Math.floor(1_000_000 + Math.random() * 8_999_999)}`;
  const customer = await createRecord(page, me, "account", { name: `${name}机电有限公司`, kind: "company", phone });
  await page.goto("/o/lead");
  await page.getByRole("link", { name: "新建线索" }).click();
  const hint = page.getByRole("dialog", { name: "新建线索" }).getByRole("region", { name: "查重" });
  await field(page, "company").getByRole("textbox").fill(`${name}机电有限公司`);
  await field(page, "phone").getByRole("textbox").fill(phone);
  await expect(hint).toContainText("可能已有相同的客户", { timeout: 30_000 });
  await expect(hint.getByRole("link", { name: new RegExp(name) }).first()).toHaveAttribute(
    "href",
    `/r/account/${customer.id}`,
  );
});

test("an import of leads tells which of them are customers already", async ({ page }) => {
  const me = await signIn(page, "admin");
  const name = uniqueName("珩衡硕");
  const phone = `021-6${Math.floor(1_000_000 + Math.random() * 8_999_999)}`;
  const customer = await createRecord(page, me, "account", { name: `${name}机电有限公司`, kind: "company", phone });
  await page.goto("/import/lead");
  const rows = ["联系人姓名,公司名称,座机", `孙先生,${name}机电有限公司,${phone}`, `周先生,${uniqueName("毫不相干")},`];
  const file = { name: "线索.csv", mimeType: "text/csv", buffer: Buffer.from(`\uFEFF${rows.join("\r\n")}\r\n`) };
  await page.locator("input[type=file]").setInputFiles(file);
  await expect(page.getByRole("table", { name: "对应字段" })).toContainText(name);
  // What was made just now is compared a moment later.
  await expect(async () => {
    await page.getByRole("button", { name: "检查数据" }).click();
    const link = page.getByRole("link", { name: new RegExp(name) });
    try {
      await expect(link).toHaveAttribute("href", `/r/account/${customer.id}`, { timeout: 5_000 });
    } catch (error) {
      await page.getByRole("button", { name: "返回修改" }).click();
      throw error;
    }
  }).toPass({ timeout: 40_000 });
  await expect(page.getByRole("heading", { name: "可能已有的记录：1 行" })).toBeVisible();
  await expect(page.getByRole("button", { name: "导入 2 条" })).toBeEnabled();
});
