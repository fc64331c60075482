import type { Locator, Page } from "@playwright/test";
import { createRecord } from "../support/api.ts";
import { choose, saved, toast, uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

/** A board with one card on it, so that no other test's cards are in the way. */
async function boardWithOneCard(page: Page): Promise<{ card: (column: string) => Locator; id: string; name: string }> {
  const me = await signIn(page, "sales");
  const name = uniqueName("看板商机");
  const account = await createRecord(page, me, "account", { name: `${name}客户`, kind: "company" });
  const made = await createRecord(page, me, "opportunity", {
    name,
    account: account.id,
    close_date: "2030-01-31",
    amount: { amount: "120000", currency: "CNY" },
  });
  await page.goto(`/o/opportunity/board?filter=${encodeURIComponent(`account == '${account.id}'`)}`);
  const card = (column: string) =>
    page.getByRole("region", { name: column, exact: true }).locator(".gx-card").filter({ hasText: name });
  await expect(card("新建")).toBeVisible();
  return { card, id: made.id, name };
}

async function drag(page: Page, what: Locator, to: Locator): Promise<void> {
  const from = await what.boundingBox();
  const target = await to.boundingBox();
  if (!from || !target) throw new Error("nothing to drag, or nowhere to drag it");
  await page.mouse.move(from.x + 30, from.y + from.height - 8);
  await page.mouse.down();
  await page.mouse.move(from.x + 60, from.y + from.height - 4, { steps: 3 });
  await page.mouse.move(target.x + target.width / 2, target.y + 140, { steps: 6 });
  await page.mouse.up();
}

test("a card is dragged to another stage and stays there", async ({ page }) => {
  const { card } = await boardWithOneCard(page);
  const written = saved(page, "POST", "/change_stage");
  await drag(page, card("新建"), page.getByRole("region", { name: "方案验证", exact: true }));
  await expect(card("方案验证")).toBeVisible();
  await written;
  await expect(card("新建")).toHaveCount(0);
  await page.reload();
  await expect(card("方案验证")).toBeVisible();
});

test("a card is carried by keyboard, and Escape gives up", async ({ page }) => {
  const { card } = await boardWithOneCard(page);
  await card("新建").focus();
  await page.keyboard.press("Space");
  await expect(page.locator(".gx-card[data-lifted=true]")).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByText("在“需求明确”上方")).toBeAttached();
  await page.keyboard.press("Escape");
  await expect(card("新建")).toBeVisible();

  await card("新建").focus();
  await page.keyboard.press("Space");
  await expect(page.locator(".gx-card[data-lifted=true]")).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByText("在“需求明确”上方")).toBeAttached();
  const written = saved(page, "POST", "/change_stage");
  await page.keyboard.press("Space");
  await expect(card("需求明确")).toBeVisible();
  await written;
  await page.reload();
  await expect(card("需求明确")).toBeVisible();
});

test("losing asks why, and nothing moves without an answer", async ({ page }) => {
  const { card, id, name } = await boardWithOneCard(page);
  await card("新建")
    .getByRole("button", { name: `“${name}”的操作` })
    .click();
  await page.getByRole("menuitem", { name: "输单" }).click();
  const dialog = page.getByRole("dialog", { name: /移到“输单”/ });
  await dialog.getByRole("button", { name: "确定移动" }).click();
  await expect(dialog).toContainText("请填写输单原因");

  await dialog.locator("#move-loss_reason").click();
  await choose(page, "价格");
  const written = saved(page, "POST", "/change_stage");
  await dialog.getByRole("button", { name: "确定移动" }).click();
  await written;
  await expect(dialog).toBeHidden();
  await expect(card("新建")).toHaveCount(0);
  const now = await (await page.request.get(`/api/v1/records/opportunity/${id}`)).json();
  expect([now.stage, now.loss_reason]).toEqual(["lost", "price"]);
});

test("a move is taken back from its message", async ({ page }) => {
  const { card, name } = await boardWithOneCard(page);
  await card("新建")
    .getByRole("button", { name: `“${name}”的操作` })
    .click();
  await page.getByRole("menuitem", { name: "商务采购" }).click();
  await expect(card("商务采购")).toBeVisible();
  await toast(page, "已移到“商务采购”")
    .getByRole("button", { name: /撤\s*销/ })
    .click();
  await expect(card("新建")).toBeVisible();
});

test("of a long column only what is seen is drawn, and the keyboard reaches all of it", async ({ page }) => {
  test.slow();
  const me = await signIn(page, "sales");
  const name = uniqueName("长列");
  const account = await createRecord(page, me, "account", { name: `${name}客户`, kind: "company" });
  const all = 130;
  for (let first = 0; first < all; first += 10) {
    await Promise.all(
      Array.from({ length: 10 }, (_, at) =>
        createRecord(page, me, "opportunity", {
          name: `${name}${String(first + at).padStart(3, "0")}`,
          account: account.id,
          close_date: `2030-01-${String(((first + at) % 28) + 1).padStart(2, "0")}`,
        }),
      ),
    );
  }
  await page.goto(`/o/opportunity/board?filter=${encodeURIComponent(`account == '${account.id}'`)}`);
  const column = page.getByRole("region", { name: "新建", exact: true });
  const cards = column.locator(".gx-card");
  await expect(cards.first()).toBeVisible();
  expect(await cards.count()).toBeLessThan(40);
  // A reader is told where among how many a card is.
  await expect(column.getByRole("listitem").first()).toHaveAttribute("aria-posinset", "1");

  await cards.first().focus();
  await page.keyboard.press("ArrowDown");
  await expect(column.locator("li[data-index='1'] > .gx-card")).toBeFocused();
  // The end is there once everything has been read on the way.
  await expect(async () => {
    await page.keyboard.press("End");
    await expect(column.locator(`li[data-index='${all - 1}'] > .gx-card`)).toBeFocused({ timeout: 1000 });
  }).toPass();
  await expect(column.locator(`li[data-index='${all - 1}']`)).toHaveAttribute("aria-setsize", String(all));
  expect(await cards.count()).toBeLessThan(40);

  // Carried from there it comes to the other column, where left and right go as well.
  await page.keyboard.press("Space");
  await expect(page.locator(".gx-card[data-lifted=true]")).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByText("在“需求明确”上方")).toBeAttached();
  const written = saved(page, "POST", "/change_stage");
  await page.keyboard.press("Space");
  await written;
  const beside = page.getByRole("region", { name: "需求明确", exact: true }).locator(".gx-card");
  await expect(beside).toHaveCount(1);
  await cards.last().focus();
  await page.keyboard.press("ArrowRight");
  await expect(beside).toBeFocused();
});
