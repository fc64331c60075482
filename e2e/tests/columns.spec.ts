import type { Page } from "@playwright/test";
import { listOf } from "../support/api.ts";
import { boxOf, dragMouse, saved } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

/** A list of one record, with columns nobody has touched. */
async function openList(page: Page): Promise<void> {
  const me = await signIn(page, "operator");
  const forgotten = await page.request.patch("/api/v1/me", {
    data: { preferences: { "list.account.columns": {} } },
    headers: { "X-CSRF-Token": me.csrf_token },
  });
  expect(forgotten.ok(), await forgotten.text()).toBe(true);
  const sales = await page.request.get("/api/v1/records/account", { params: { limit: 1 } });
  const found = (await sales.json()).items[0];
  await page.goto(listOf("account", found));
  await expect(page.locator(".gx-row[role=row]")).toHaveCount(1);
}

const heads = (page: Page) => page.getByRole("columnheader").filter({ has: page.locator(".gx-head-edge") });
const names = async (page: Page) => (await heads(page).allInnerTexts()).map((text) => text.trim());
const widthOf = async (page: Page, name: string) =>
  Math.round((await boxOf(page.getByRole("columnheader", { name, exact: true }))).width);

test("a column is made wider by its edge and by the keyboard, and is still after a reload", async ({ page }) => {
  await openList(page);
  const [title = "", second = ""] = await names(page);
  const before = await widthOf(page, second);
  const edge = page.getByRole("columnheader", { name: second, exact: true }).locator(".gx-head-edge");
  const at = await boxOf(edge);
  const kept = saved(page, "PATCH", "/api/v1/me");
  const grip = { x: at.x + at.width / 2, y: at.y + at.height / 2 };
  await dragMouse(page, grip, { x: grip.x + 90, y: grip.y });
  await kept;
  await expect.poll(() => widthOf(page, second)).toBe(before + 90);

  // By the keyboard, from the head of the column.
  const keptAgain = saved(page, "PATCH", "/api/v1/me");
  await page.getByRole("columnheader", { name: title, exact: true }).getByRole("button").focus();
  const titleBefore = await widthOf(page, title);
  await page.keyboard.press("Shift+ArrowRight");
  await keptAgain;
  await expect.poll(() => widthOf(page, title)).toBe(titleBefore + 16);
  await page.reload();
  await expect(page.locator(".gx-row[role=row]")).toHaveCount(1);
  expect(await widthOf(page, second)).toBe(before + 90);
  expect(await widthOf(page, title)).toBe(titleBefore + 16);
});

test("columns change their places by drag and by the panel's arrows, and stay there", async ({ page }) => {
  await openList(page);
  const [first = "", second = "", third = "", ...rest] = await names(page);
  const kept = saved(page, "PATCH", "/api/v1/me");
  await page
    .getByRole("columnheader", { name: third, exact: true })
    .dragTo(page.getByRole("columnheader", { name: second, exact: true }));
  await kept;
  expect(await names(page)).toEqual([first, third, second, ...rest]);

  await page.getByRole("button", { name: "列", exact: true }).click();
  const keptAgain = saved(page, "PATCH", "/api/v1/me");
  await page.getByRole("button", { name: `上移: ${second}` }).click();
  await keptAgain;
  await page.keyboard.press("Escape");
  expect(await names(page)).toEqual([first, second, third, ...rest]);

  await page.getByRole("button", { name: "列", exact: true }).click();
  const removed = saved(page, "PATCH", "/api/v1/me");
  await page.getByRole("button", { name: `移除此列: ${second}` }).click();
  await removed;
  await page.reload();
  await expect(page.locator(".gx-row[role=row]")).toHaveCount(1);
  expect(await names(page)).toEqual([first, third, ...rest]);

  await page.getByRole("button", { name: "列", exact: true }).click();
  await page.getByRole("button", { name: "恢复默认" }).click();
  await expect.poll(() => names(page)).toEqual([first, second, third, ...rest]);
});
