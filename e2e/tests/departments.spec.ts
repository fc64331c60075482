import type { Page } from "@playwright/test";
import { type ApiRecord, createRecord } from "../support/api.ts";
import { choose, saved, toast, uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

async function parentOf(page: Page, department: ApiRecord): Promise<string | null> {
  const answer = await page.request.get(`/api/v1/records/department/${department.id}`);
  return ((await answer.json()) as { parent: { id: string } | null }).parent?.id ?? null;
}

test("a department is dragged below another, and back by undo", async ({ page }) => {
  const me = await signIn(page, "admin");
  const [east, west] = [uniqueName("华东"), uniqueName("华西")];
  const target = await createRecord(page, me, "department", { name: east });
  const moved = await createRecord(page, me, "department", { name: west });
  await page.goto("/settings/departments");
  const rowOf = (name: string) => page.locator(".gx-department").filter({ hasText: name });
  await rowOf(west).scrollIntoViewIfNeeded();
  const from = await rowOf(west).boundingBox();
  const to = await rowOf(east).boundingBox();
  if (!from || !to) throw new Error("the departments are not on the screen");
  const changed = saved(page, "PATCH", `/records/department/${moved.id}`);
  await page.mouse.move(from.x + 60, from.y + from.height - 8);
  await page.mouse.down();
  await page.mouse.move(from.x + 70, from.y + from.height, { steps: 4 });
  await page.mouse.move(to.x + 80, to.y + to.height / 2, { steps: 8 });
  await expect(rowOf(east)).toHaveAttribute("data-over", "true");
  await page.mouse.up();
  await changed;
  expect(await parentOf(page, moved)).toBe(target.id);
  const below = page.locator("li").filter({ has: page.locator(":scope > .gx-department", { hasText: east }) });
  await expect(below.locator(".gx-tree")).toContainText(west);

  const undone = saved(page, "PATCH", `/records/department/${moved.id}`);
  await toast(page, `“${west}”已移到“${east}”之下`)
    .getByRole("button", { name: /撤\s*销/ })
    .click();
  await undone;
  expect(await parentOf(page, moved)).toBeNull();
});

test("the keyboard moves a department too, but not below itself", async ({ page }) => {
  const me = await signIn(page, "admin");
  const [upper, lower] = [uniqueName("总部"), uniqueName("分部")];
  const parent = await createRecord(page, me, "department", { name: upper });
  const child = await createRecord(page, me, "department", { name: lower });
  await page.goto("/settings/departments");
  await page.getByRole("button", { name: `移动“${lower}”` }).press("Enter");
  const dialog = page.getByRole("dialog", { name: `移动“${lower}”` });
  await expect(dialog.getByRole("button", { name: /移\s*动/ })).toBeDisabled();
  const choice = dialog.getByRole("combobox", { name: "上级部门" });
  await expect(choice).toBeFocused();
  await choice.fill(upper);
  await choose(page, upper);
  const changed = saved(page, "PATCH", `/records/department/${child.id}`);
  await dialog.getByRole("button", { name: /移\s*动/ }).press("Enter");
  await changed;
  expect(await parentOf(page, child)).toBe(parent.id);

  // What stands below it is not offered.
  await page.getByRole("button", { name: `移动“${upper}”` }).click();
  const again = page.getByRole("dialog", { name: `移动“${upper}”` });
  await again.getByRole("combobox", { name: "上级部门" }).fill(lower);
  await expect(page.locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden)")).toContainText("暂无数据");
});
