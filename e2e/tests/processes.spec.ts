import type { Page } from "@playwright/test";
import { expectAccessible } from "../support/accessibility.ts";
import { type ApiRecord, changeRecord, createRecord } from "../support/api.ts";
import { overflow, personalise, uniqueName } from "../support/screens.ts";
import { type Me, signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

interface Made {
  template: ApiRecord;
  needs: ApiRecord;
  offer: ApiRecord;
}

/** A process of two roles: sales finds out what is needed, marketing makes an offer, then sales signs. */
async function makeTemplate(page: Page, me: Me, seller: string, name: string): Promise<Made> {
  const template = await createRecord(page, me, "process_template", { name, object: "account", start_by: "hand" });
  const role = (values: object) => createRecord(page, me, "process_role", { template: template.id, ...values });
  const sales = await role({ name: "销售", position: 1, filled_by: "member", member: seller });
  const marketing = await role({ name: "市场", position: 2, filled_by: "member", member: seller });
  const step = (values: object) => createRecord(page, me, "process_step", { template: template.id, ...values });
  const needs = await step({
    name: "了解需求",
    position: 1,
    role: sales.id,
    due_in: 2,
    due_unit: "working_days",
    instructions: "问清预算与决策人",
    questions: [{ name: "budget", type: "text", label: { "zh-CN": "预算", en: "Budget" }, required: true }],
  });
  const offer = await step({
    name: "准备方案",
    position: 2,
    role: marketing.id,
    after: [needs.id],
    due_in: 3,
    due_unit: "working_days",
  });
  return { template, needs, offer };
}

test("an administrator lays out a process, sees it as lanes and changes what waits for what", async ({ page }) => {
  const me = await signIn(page, "admin");
  const { template, needs, offer } = await makeTemplate(page, me, me.user.id, uniqueName("客户项目"));
  await page.goto(`/r/process_template/${template.id}`);
  const diagram = page.getByRole("region", { name: "步骤与角色" }).last();
  await expect(diagram.getByRole("button", { name: /了解需求.*销售/ })).toBeVisible();
  await expect(diagram.getByRole("button", { name: /准备方案.*在“了解需求”之后/ })).toBeVisible();
  // By keyboard: from a step to what follows it, and back.
  await diagram
    .getByRole("button", { name: /了解需求/ })
    .first()
    .focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowRight");
  await expect(diagram.getByRole("button", { name: /准备方案/ })).toBeFocused();
  const detail = page.getByRole("region", { name: "准备方案", exact: true });
  await expect(detail).toBeVisible();
  // What waits for nothing begins with the case.
  const saving = page.waitForResponse((answer) => answer.request().method() === "PATCH" && answer.ok());
  await detail.getByRole("combobox", { name: /前置步骤/ }).focus();
  await page.keyboard.press("Backspace");
  await saving;
  await expect(diagram.getByRole("button", { name: /准备方案/ })).not.toHaveAccessibleName(/之后/);
  await expectAccessible(page);
  // A circle is not offered: the first step may not wait for what waits for it.
  await changeRecord(page, me, "process_step", offer.id, { after: [needs.id] });
  await page.reload();
  await diagram
    .getByRole("button", { name: /了解需求/ })
    .first()
    .click();
  await page
    .getByRole("region", { name: "了解需求", exact: true })
    .getByRole("combobox", { name: /前置步骤/ })
    .click();
  await expect(page.locator(".ant-select-dropdown").getByText("准备方案")).toHaveCount(0);
});

test("a case starts on a customer, is completed step by step, sent back and told on the board", async ({ page }) => {
  const admin = await signIn(page, "admin");
  const name = uniqueName("签约流程");
  const { template } = await makeTemplate(page, admin, admin.user.id, name);
  await changeRecord(page, admin, "process_template", template.id, { active: true });
  const account = await createRecord(page, admin, "account", { name: uniqueName("流程客户"), kind: "company" });
  await page.goto(`/r/account/${account.id}`);
  await page.getByRole("region", { name: "流程" }).getByRole("button", { name: "发起流程" }).click();
  const dialog = page.getByRole("dialog", { name: "发起流程" });
  await dialog.getByRole("combobox", { name: "流程模板" }).fill(name);
  await page.keyboard.press("Enter");
  await dialog.getByRole("button", { name: "发起流程" }).click();
  await page.waitForURL(/\/r\/process_case\//);

  const panel = page.getByRole("region", { name: "流程", exact: true });
  await expect(panel.getByRole("heading", { name: "已完成 0 / 2 步" })).toBeVisible();
  await expectAccessible(page);
  await panel.getByRole("button", { name: "完成步骤" }).click();
  const form = page.getByRole("dialog", { name: "了解需求" });
  await expect(form.getByText("问清预算与决策人")).toBeVisible();
  await form.getByRole("button", { name: "完成步骤" }).click();
  await expect(form.getByRole("alert").first()).toBeVisible();
  await form.getByRole("textbox", { name: "预算" }).fill("三十万");
  await form.getByRole("button", { name: "完成步骤" }).click();
  await expect(panel.getByRole("heading", { name: "已完成 1 / 2 步" })).toBeVisible();
  await panel
    .getByRole("button", { name: /了解需求/ })
    .first()
    .click();
  await expect(panel.getByText("三十万")).toBeVisible();

  await panel.getByRole("button", { name: "退回", exact: true }).click();
  const back = page.getByRole("dialog", { name: "退回" });
  await expect(back.getByRole("button", { name: "退回" })).toBeDisabled();
  await back.getByRole("textbox", { name: "原因" }).fill("预算写错了");
  await back.getByRole("button", { name: "退回" }).click();
  await expect(panel.getByRole("heading", { name: "已完成 0 / 2 步" })).toBeVisible();
  await expect(panel.getByText("预算写错了")).toBeVisible();

  await page.goto(`/processes?template=${template.id}`);
  const board = page.getByRole("region", { name: `${name}：各流程所在步骤` });
  await expect(board.getByRole("region", { name: "了解需求" }).getByRole("link")).toHaveCount(1);
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await board.getByRole("link").first().click();
  await expect(panel.getByRole("button", { name: /了解需求/ }).first()).toBeVisible();
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await personalise(page, admin, { locale: "en", theme: "dark" });
  await page.reload();
  await expect(page.getByRole("button", { name: "Cancel the case" })).toBeVisible();
  await expectAccessible(page);
  await personalise(page, admin, { locale: "zh-CN", theme: "light" });
});
