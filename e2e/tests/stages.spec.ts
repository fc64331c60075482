import type { Page } from "@playwright/test";
import { type ApiRecord, changeRecord, createRecord } from "../support/api.ts";
import { saved, uniqueName } from "../support/screens.ts";
import { type Me, signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

/** The pipelines of the demo company by name. */
async function pipelines(page: Page): Promise<(name: string) => ApiRecord> {
  const answer = await page.request.get("/api/v1/records/pipeline");
  const { items } = (await answer.json()) as { items: ApiRecord[] };
  return (name) => {
    const found = items.find((item) => item.name === name);
    if (!found) throw new Error(`no pipeline ${name}`);
    return found;
  };
}

async function makeDeal(page: Page, me: Me, name: string, more: Record<string, unknown> = {}): Promise<ApiRecord> {
  const account = await createRecord(page, me, "account", { name: `${name}客户`, kind: "company" });
  return createRecord(page, me, "opportunity", { name, account: account.id, close_date: "2030-01-31", ...more });
}

/** What the process planned for a deal is called off, so that it has no next step. */
async function callOff(page: Page, me: Me, deal: ApiRecord): Promise<void> {
  const filter = encodeURIComponent(`opportunity == '${deal.id}'`);
  const planned = await (await page.request.get(`/api/v1/records/activity?filter=${filter}`)).json();
  for (const task of planned.items) await changeRecord(page, me, "activity", task.id, { status: "cancelled" });
}

/** Nobody is offered the stage any more, so that other tests find what they know. */
async function retire(page: Page, me: Me, stage: string): Promise<void> {
  const object = await (await page.request.get("/api/v1/schema/objects/opportunity")).json();
  const field = object.field.find((one: { name: string }) => one.name === "stage");
  for (const key of ["origin", "pack", "changed"]) delete field[key];
  for (const option of field.options) if (option.value === stage) option.retired = true;
  const done = await page.request.post("/api/v1/schema/apply", {
    data: { changes: [{ op: "change_field", object: "opportunity", field }] },
    headers: { "X-CSRF-Token": me.csrf_token },
  });
  expect(done.status(), await done.text()).toBe(200);
}

test("a stage the administrator adds is entered from the others, with its chance", async ({ page }) => {
  const me = await signIn(page, "admin", "/settings/objects/opportunity");
  const label = uniqueName("试点");
  const value = label.replace("试点", "pilot_");
  await page.getByRole("button", { name: "编辑字段“阶段”" }).click();
  const drawer = page.locator(".ant-drawer-section").filter({ hasText: "内部名称" });
  await expect(drawer).toContainText("这些选项也用于：");
  await drawer.getByRole("button", { name: "添加选项" }).click();
  const option = (called: string) =>
    drawer.locator(".gx-option").filter({ has: page.locator("code", { hasText: new RegExp(`^${called}$`) }) });
  await option("option_1").getByPlaceholder("中文").fill(label);
  await option("option_1").getByPlaceholder("英文").fill(value);
  const own = option(value);
  // Every open stage leads to it without more ado, and it leads to them.
  await expect(option("need_confirmed").locator(".gx-option-state")).toContainText(label);
  await expect(own.locator(".gx-option-state")).toContainText("需求明确");
  await own.getByRole("spinbutton", { name: `“${label}”的赢率` }).fill("35");
  await drawer.getByRole("button", { name: "检查并预览" }).click();
  const applied = saved(page, "POST", "/schema/apply");
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /应\s*用/ })
    .click();
  await applied;
  await expect(drawer).toBeHidden();

  // A pipeline of its own, of which no settings say where a stage may lead.
  const before = (await pipelines(page))("标准直销流程").stages as string[];
  const ownWay = { name: uniqueName("试点流程"), stages: [...before, value] };
  const pipeline = await createRecord(page, me, "pipeline", ownWay);
  const name = uniqueName("试点商机");
  const deal = await makeDeal(page, me, name, { pipeline: pipeline.id });
  await page.goto(
    `/o/opportunity/board?filter=${encodeURIComponent(`account == '${(deal.account as ApiRecord).id}'`)}`,
  );
  const card = (column: string) =>
    page.getByRole("region", { name: column, exact: true }).locator(".gx-card").filter({ hasText: name });
  await card("新建")
    .getByRole("button", { name: `“${name}”的操作` })
    .click();
  const moved = saved(page, "POST", "/change_stage");
  await page.getByRole("menuitem", { name: label }).click();
  await moved;
  await expect(card(label)).toBeVisible();
  const now = await (await page.request.get(`/api/v1/records/opportunity/${deal.id}`)).json();
  expect([now.stage, Number(now.probability)]).toEqual([value, 35]);

  await changeRecord(page, me, "opportunity", deal.id, { stage: "new" });
  await changeRecord(page, me, "pipeline", pipeline.id, { stages: before, active: false });
  await retire(page, me, value);
});

test("a record and a board show the stages of their own pipeline", async ({ page }) => {
  const me = await signIn(page, "sales");
  const service = (await pipelines(page))("服务与备件流程");
  const deal = await makeDeal(page, me, uniqueName("维保"), { pipeline: service.id });
  await page.goto(`/r/opportunity/${deal.id}`);
  const steps = page.getByRole("list", { name: "阶段" });
  await expect(steps.getByRole("button", { name: "商务采购" })).toBeVisible();
  await expect(steps.getByRole("button", { name: "方案验证" })).toHaveCount(0);
  await expect(steps.getByRole("button", { name: "项目汇报" })).toHaveCount(0);

  await page.goto("/o/opportunity/board");
  await expect(page.getByRole("region", { name: "方案验证", exact: true })).toBeVisible();
  await page.getByRole("combobox", { name: "销售流程" }).click();
  await page.locator(".ant-select-item-option").filter({ hasText: "服务与备件流程" }).click();
  await expect(page.getByRole("region", { name: "商务采购", exact: true })).toBeVisible();
  await expect(page.getByRole("region", { name: "方案验证", exact: true })).toHaveCount(0);
});

test("a deal without a next step is marked on the board, and its page asks for one until there is one", async ({
  page,
}) => {
  const me = await signIn(page, "sales");
  const name = uniqueName("无下一步");
  const deal = await makeDeal(page, me, name);
  await callOff(page, me, deal);
  await page.goto(
    `/o/opportunity/board?filter=${encodeURIComponent(`account == '${(deal.account as ApiRecord).id}'`)}`,
  );
  const card = page.locator(".gx-card").filter({ hasText: name });
  await expect(card.locator("[data-sign=unplanned]")).toBeVisible();

  await page.goto(`/r/opportunity/${deal.id}`);
  const bar = page.locator(".gx-follow-step");
  await expect(bar).toContainText("还没有下一步");
  await bar.getByRole("textbox", { name: "下一步", exact: true }).fill("送样机");
  const written = saved(page, "PATCH", `/records/opportunity/${deal.id}`);
  await bar.getByRole("button", { name: /保\s*存/ }).click();
  await written;
  await expect(bar).toHaveCount(0);
  const now = await (await page.request.get(`/api/v1/records/opportunity/${deal.id}`)).json();
  expect(now.next_step).toBe("送样机");
});
