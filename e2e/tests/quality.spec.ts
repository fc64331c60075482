import type { Page } from "@playwright/test";
import { expectAccessible } from "../support/accessibility.ts";
import { createRecord } from "../support/api.ts";
import { overflow, personalise, uniqueName } from "../support/screens.ts";
import { type Me, signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

/** The ready rules are there, and known: whether the company came with them or not. */
async function withRules(page: Page, me: Me): Promise<void> {
  await page.request.post("/api/v1/records/quality_rule/actions/add_starters", {
    data: {},
    headers: { "X-CSRF-Token": me.csrf_token },
  });
  const known = async () => {
    const told = (await (await page.request.get("/api/v1/quality")).json()) as { items: { object: string }[] };
    return told.items.some(({ object }) => object === "account");
  };
  await expect.poll(known, { timeout: 30_000 }).toBe(true);
}

test("a rule is tried as it is written, its findings are mended with a preview and taken back", async ({ page }) => {
  const me = await signIn(page, "admin");
  await withRules(page, me);
  const mark = uniqueName("质检");
  const ids: string[] = [];
  for (const n of [1, 2]) {
    const made = await createRecord(page, me, "account", { name: `${mark}${n}号客户`, kind: "company" });
    ids.push(made.id);
  }
  const rule = await createRecord(page, me, "quality_rule", {
    name: `${mark}须有网址`,
    object: "account",
    field: "website",
    check: "required",
    filter: `name.startsWith("${mark}")`,
    kind: "incomplete",
    severity: "high",
    weight: 50,
    message: `${mark}请填写网址`,
    active: true,
  });
  await page.goto(`/r/quality_rule/${rule.id}`);
  await page.getByRole("button", { name: "编辑", exact: true }).click();
  const trial = page.getByRole("region", { name: "这条规则会找出什么" });
  await expect(trial.getByText(/其中 2 条不符合/)).toBeVisible();
  await expect(trial.getByRole("link", { name: `${mark}1号客户` })).toBeVisible();

  await page.goto(`/quality?object=account&tab=incomplete&rule=${rule.id}`);
  const list = page.getByRole("region", { name: "不完整" });
  await expect(async () => {
    await page.reload();
    await expect(list.getByRole("row", { name: new RegExp(mark) })).toHaveCount(2, { timeout: 3_000 });
  }).toPass({ timeout: 60_000 });
  await expectAccessible(page);

  await list.getByRole("checkbox", { name: "选择已显示的全部" }).check();
  await list.getByRole("button", { name: "批量修正" }).click();
  const drawer = page.getByRole("dialog", { name: "批量修正客户" });
  await drawer.getByText("设为同一个值").click();
  await drawer.getByRole("combobox", { name: "字段" }).fill("网址");
  await page.keyboard.press("Enter");
  await drawer.getByRole("textbox", { name: "新的值" }).fill("https://www.xinghe.example");
  await drawer.getByRole("button", { name: "预览修改" }).click();
  await expect(drawer.getByText("2 条记录中将修改 2 条")).toBeVisible();
  await expectAccessible(page);
  await drawer.getByRole("button", { name: "修改 2 条" }).click();
  await expect(drawer).toBeHidden();
  const website = async () =>
    (await (await page.request.get(`/api/v1/records/account/${ids[0]}`)).json()) as { website: string | null };
  expect((await website()).website).toContain("www.xinghe.example");
  await page.locator(".ant-message-notice").getByRole("button", { name: "撤销" }).click();
  await expect.poll(async () => (await website()).website).toBeNull();
});

test("a record says what it lacks, and one press leads to the field", async ({ page }) => {
  const me = await signIn(page, "admin");
  await withRules(page, me);
  const mark = uniqueName("缺项");
  const account = await createRecord(page, me, "account", { name: `${mark}客户`, kind: "company" });
  await createRecord(page, me, "quality_rule", {
    name: `${mark}须有网址`,
    object: "account",
    field: "website",
    check: "required",
    filter: `name.startsWith("${mark}")`,
    kind: "incomplete",
    severity: "medium",
    weight: 10,
    message: `${mark}请填写网址`,
    active: true,
  });
  await page.goto(`/r/account/${account.id}`);
  const strip = page.getByRole("region", { name: "数据质量" });
  await strip.getByRole("button").first().click();
  await strip.getByText(`${mark}请填写网址`).waitFor();
  await strip.getByRole("button", { name: "填写网址" }).first().click();
  const box = page.locator('[data-inline="website"]').getByRole("textbox");
  await expect(box).toBeFocused();
  await box.fill("https://www.xinghe.example");
  await box.press("Enter");
  await expect(strip.getByText(`${mark}请填写网址`)).toHaveCount(0);
});

test("the overview tells scores under one's own rights, in both languages, in the dark and on a phone", async ({
  page,
}) => {
  const me = await signIn(page, "admin");
  await withRules(page, me);
  await page.goto("/quality?object=account");
  await expect(page.getByRole("heading", { level: 1, name: "数据质量" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "质量分趋势" })).toBeVisible();
  await expect(page.getByRole("table", { name: "按规则" }).getByRole("row")).not.toHaveCount(0);
  await expectAccessible(page);
  await personalise(page, me, { locale: "en", theme: "dark" });
  await page.reload();
  await expect(page.getByRole("heading", { name: "Score over time" })).toBeVisible();
  await expectAccessible(page);
  await personalise(page, me, { locale: "zh-CN", theme: "light" });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.reload();
  await expect(page.getByRole("heading", { name: "质量分趋势" })).toBeVisible();
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await page.getByRole("tab", { name: /不完整/ }).click();
  await expect(page.getByRole("region", { name: "不完整" })).toBeVisible();
  expect(await overflow(page)).toBeLessThanOrEqual(0);

  await signIn(page, "partner", "/quality");
  await expect(page.getByRole("main")).toBeVisible();
  await page.waitForLoadState("networkidle");
  await expect(page.getByRole("alert")).toHaveCount(0);
});
