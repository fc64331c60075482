import { createRecord } from "../support/api.ts";
import { uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

/** A month long gone, in which nobody else's test wins anything. */
const MONTH = "2019-03-01";

test("a manager looks at the targets of the quarter, opens a region and the deals behind a figure", async ({
  page,
}) => {
  await signIn(page, "salesmanager", "/home");
  await page.getByRole("navigation", { name: "主导航" }).getByRole("link", { name: "目标与预测" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "目标与预测" })).toBeVisible();
  await page.getByRole("combobox", { name: "时间范围" }).click();
  await page.locator(".ant-select-item-option").filter({ hasText: "上季度" }).click();
  await expect(page).toHaveURL(/period=last_quarter/);
  const region = page.getByRole("row", { name: /华东大区/ }).first();
  await expect(region.getByRole("img", { name: /已完成 .*，预计/ })).toBeVisible();
  const open = region.getByRole("button", { name: /华东大区.*的成员/ });
  await open.focus();
  await page.keyboard.press("Enter");
  await expect(open).toHaveAttribute("aria-expanded", "true");
  await expect(page.locator(".gx-target-member").filter({ hasText: "林晓峰" })).toBeVisible();

  await region.getByRole("cell").nth(1).getByRole("link").click();
  await expect(page.getByRole("heading", { level: 1, name: "商机" })).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("who sells sees his own target, hands the review in, and the manager confirms it", async ({ page }) => {
  const manager = await signIn(page, "salesmanager");
  const users = await page.request.get(`/api/v1/records/user?filter=${encodeURIComponent("name == '林晓峰'")}`);
  const [lin] = ((await users.json()) as { items: { id: string }[] }).items;
  const target = await createRecord(page, manager, "sales_target", {
    member: lin?.id,
    period: "month",
    period_start: MONTH,
    product_line: "robot",
    measure: "won_deals",
    target_count: 2,
    plan: uniqueName("计划"),
  });
  await page.goto(`/r/sales_target/${target.id}`);
  await page.getByRole("button", { name: "开始执行" }).click();
  await expect(page.getByText("执行中").first()).toBeVisible();

  await signIn(page, "sales", `/r/sales_target/${target.id}`);
  await page.getByRole("button", { name: "提交复盘" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: /^复盘/ }).fill("差额因客户预算推迟");
  await dialog.getByRole("button", { name: "提交复盘" }).click();
  await expect(page.getByText("待确认复盘").first()).toBeVisible();

  const again = await signIn(page, "salesmanager", `/r/sales_target/${target.id}`);
  await expect(page.getByText("差额因客户预算推迟")).toBeVisible();
  await page.getByRole("button", { name: "确认复盘" }).click();
  await expect(page.getByText("已复盘").first()).toBeVisible();
  const late = await page.request.patch(`/api/v1/records/sales_target/${target.id}`, {
    data: { plan: "改" },
    headers: { "X-CSRF-Token": again.csrf_token },
  });
  expect(late.status(), await late.text()).toBe(409);
});

test("a rep is told of himself alone, and of a period without targets what to do", async ({ page }) => {
  await signIn(page, "sales", "/analysis/targets");
  await expect(page.getByRole("row", { name: /林晓峰/ })).toBeVisible();
  await expect(page.getByRole("row", { name: /马腾飞|邓佳琪|周雨桐/ })).toHaveCount(0);
  await page.goto("/analysis/targets?period=next_year");
  await expect(page.getByRole("heading", { name: "这个周期还没有目标" })).toBeVisible();
  await expect(page.getByRole("link", { name: "新建目标" })).toHaveCount(0);
});
