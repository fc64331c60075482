import { readFile } from "node:fs/promises";
import { createRecord } from "../support/api.ts";
import { uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("the sales analysis opens down to the records, and its tables are saved", async ({ page }) => {
  await signIn(page, "salesmanager", "/home");
  await page.getByRole("navigation", { name: "主导航" }).getByRole("link", { name: "销售分析" }).click();
  const funnel = page.getByRole("region", { name: "销售漏斗", exact: true });
  await expect(funnel.getByRole("img", { name: /销售漏斗的图表/ }).locator("svg")).toBeVisible();

  const downloading = page.waitForEvent("download");
  await funnel.getByRole("button", { name: "导出 CSV: 销售漏斗" }).click();
  const saved = await downloading;
  expect(saved.suggestedFilename()).toBe("销售漏斗.csv");
  const lines = (await readFile(await saved.path(), "utf8")).split("\r\n");
  expect(lines[0]).toContain("阶段,到达,进入下一阶段 (%)");

  // What the table says is what the list behind it holds.
  const lost = funnel
    .getByRole("row", { name: /^需求明确/ })
    .getByRole("link")
    .nth(1);
  const count = (await lost.textContent()) ?? "";
  expect(lines.some((line) => new RegExp(`^需求明确,\\d+,[\\d.]+,[\\d.]+,${count},`).test(line))).toBe(true);
  await lost.click();
  await expect(page.getByRole("heading", { level: 1, name: "阶段变动" })).toBeVisible();
  await expect(page.getByText(`${count} 条`, { exact: true })).toBeVisible();
});

test("what is analysed is in the address and under the viewer's rights", async ({ page }) => {
  await signIn(page, "salesmanager", "/analysis/sales?period=last_year");
  const won = page.locator(".gx-analysis-tiles > div").filter({ hasText: "赢单率" });
  await expect(won).toContainText("%");
  await page.getByRole("combobox", { name: "销售流程" }).click();
  await page.locator(".ant-select-item-option").filter({ hasText: "标准直销流程" }).click();
  await expect(page).toHaveURL(/period=last_year&pipeline=/);

  // A partner may see hardly any deals: nothing breaks, and nothing of others is counted.
  await signIn(page, "partner", "/analysis/sales");
  await expect(page.getByRole("main")).toBeVisible();
  await page.waitForLoadState("networkidle");
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("a stage asks for what it requires where the card is put, and keeps what was typed", async ({ page }) => {
  const me = await signIn(page, "sales");
  const name = uniqueName("汇报商机");
  const account = await createRecord(page, me, "account", { name: `${name}客户`, kind: "company" });
  const deal = await createRecord(page, me, "opportunity", { name, account: account.id, close_date: "2030-01-31" });
  await page.goto(`/o/opportunity/board?filter=${encodeURIComponent(`account == '${account.id}'`)}`);
  const card = (column: string) =>
    page.getByRole("region", { name: column, exact: true }).locator(".gx-card").filter({ hasText: name });
  await expect(card("新建")).toContainText("0 天");
  await card("新建")
    .getByRole("button", { name: `“${name}”的操作` })
    .click();
  await page.getByRole("menuitem", { name: "项目汇报" }).click();

  const dialog = page.getByRole("dialog", { name: /移到“项目汇报”/ });
  await expect(dialog).toContainText("该阶段需填写金额");
  await dialog.locator("#move-need").fill("两条装配线");
  await dialog.getByRole("button", { name: "确定移动" }).click();
  await expect(dialog.locator("#move-need")).toHaveValue("两条装配线");
  await dialog.locator("#move-amount").fill("120000");
  await dialog.getByRole("button", { name: "确定移动" }).click();
  await expect(card("项目汇报")).toBeVisible();
  await expect(page.getByRole("region", { name: "项目汇报", exact: true })).toContainText("加权 ¥72,000");
  const now = await (await page.request.get(`/api/v1/records/opportunity/${deal.id}`)).json();
  expect([now.stage, now.need, now.amount.amount]).toEqual(["presentation", "两条装配线", "120000.00"]);
});

test("the board is narrowed with one press", async ({ page }) => {
  await signIn(page, "salesmanager", "/o/opportunity/board");
  await expect(page.locator(".gx-card").first()).toBeVisible();
  const bar = page.getByRole("toolbar", { name: "看板" });
  await bar.getByRole("button", { name: "停滞商机" }).click();
  await expect(bar.getByRole("button", { name: "停滞商机" })).toHaveAttribute("aria-pressed", "true");
  await bar.getByRole("combobox", { name: "销售流程" }).click();
  await page.locator(".ant-select-item-option").filter({ hasText: "标准直销流程" }).click();
  await expect(page).toHaveURL(/pipeline/);
  await bar.getByRole("button", { name: "停滞商机" }).click();
  await expect(bar.getByRole("button", { name: "停滞商机" })).toHaveAttribute("aria-pressed", "false");
  await expect(page).toHaveURL(/pipeline/);
});

test("a decision chain is drawn as who listens to whom, and walked with the arrows", async ({ page }) => {
  const me = await signIn(page, "sales");
  const name = uniqueName("决策链");
  const account = await createRecord(page, me, "account", { name: `${name}客户`, kind: "company" });
  const deal = await createRecord(page, me, "opportunity", { name, account: account.id, close_date: "2030-01-31" });
  const person = async (called: string, values: Record<string, unknown>) => {
    const contact = await createRecord(page, me, "contact", { name: { full: called }, account: account.id });
    return createRecord(page, me, "opportunity_contact", { opportunity: deal.id, contact: contact.id, ...values });
  };
  const boss = await person("郑总", { role: "decision_maker", attitude: "supporter", influence: "high" });
  await person("吴工", { role: "evaluator", attitude: "opponent", influence: "low", reports_to: boss.id });

  await page.goto(`/r/opportunity/${deal.id}?tab=opportunity_contact.opportunity`);
  const map = page.getByRole("region", { name: "决策链关系图" });
  await expect(map.getByRole("listitem").filter({ hasText: "郑总" })).toContainText("支持");
  await expect(map.locator("svg path").first()).toBeAttached();
  await map.getByRole("button", { name: /^郑总/ }).focus();
  await page.keyboard.press("ArrowDown");
  const below = map.getByRole("button", { name: /^吴工.*反对.*影响力低.*听命于郑总/ });
  await expect(below).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");

  await page.getByRole("radio", { name: "列表" }).locator("..").click();
  await expect(page.getByRole("cell", { name: "吴工" })).toBeVisible();
});

test("the playbook of a stage is one press away, and the steps ask for what a stage needs", async ({ page }) => {
  const me = await signIn(page, "sales");
  const name = uniqueName("打法");
  const account = await createRecord(page, me, "account", { name: `${name}客户`, kind: "company" });
  const deal = await createRecord(page, me, "opportunity", { name, account: account.id, close_date: "2030-01-31" });
  await page.goto(`/r/opportunity/${deal.id}`);
  await page.getByRole("button", { name: "“新建”阶段的打法" }).click();
  const guide = page.getByRole("dialog", { name: "标准直销流程 · 新建" });
  await expect(guide).toContainText("打法与话术");
  await guide.getByRole("button", { name: "Close" }).or(guide.locator(".ant-drawer-close")).first().click();

  await page.getByRole("list", { name: "阶段" }).getByRole("button", { name: "商务采购" }).click();
  const asked = page.getByRole("dialog", { name: "移到“商务采购”" });
  await expect(asked).toContainText("该阶段需填写金额");
  await asked.locator('[data-field="amount"] input').first().fill("56000");
  const moved = page.waitForResponse((answer) => answer.url().endsWith("/change_stage") && answer.ok());
  await asked.getByRole("button", { name: /确\s*定/ }).click();
  await moved;
  await expect(asked).toBeHidden();
});
