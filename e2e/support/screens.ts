import { expect, type Locator, type Page } from "@playwright/test";
import type { Me } from "./sign-in.ts";

/** What a person may change about how the app looks to them; kept by the server. */
interface Personal {
  locale?: "zh-CN" | "en";
  theme?: "light" | "dark" | "system";
  density?: "comfortable" | "compact";
  preferences?: Record<string, unknown>;
}

/** Sets language or theme without going through the menus; the menus have a test of their own. */
export async function personalise(page: Page, me: Me, change: Personal): Promise<void> {
  const answer = await page.request.patch("/api/v1/me", { data: change, headers: { "X-CSRF-Token": me.csrf_token } });
  expect(answer.ok(), `PATCH /me: ${await answer.text()}`).toBe(true);
}

/** A name nothing else in the company has, so that tests which share a server do not see each other. */
export function uniqueName(word: string): string {
  return `${word}${Math.random().toString(36).slice(2, 8)}`;
}

/** A row of the list by the name in it. */
export function row(page: Page, name: string): Locator {
  return page.getByRole("grid").getByRole("row").filter({ hasText: name });
}

/** Types into the box above the list and waits until the list shows what was asked for. */
export async function searchList(page: Page, words: string): Promise<void> {
  await page.getByRole("textbox", { name: /中搜索|Search/ }).fill(words);
  await page.waitForURL((url) => url.searchParams.get("q") === words);
}

/** The field of a form, by the name it has in the metadata. */
export function field(page: Page, name: string): Locator {
  return page.locator(`[data-field="${name}"]`);
}

/** Picks an entry of the select or reference list that is open. */
export async function choose(page: Page, text: string | RegExp): Promise<void> {
  await page
    .locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option")
    .filter({ hasText: text })
    .first()
    .click();
}

/** The short message that says an edit took effect. */
export function toast(page: Page, text: string | RegExp): Locator {
  return page.locator(".ant-message-notice").filter({ hasText: text });
}

/** Waits until the server has answered a change made on the page with success. */
export function saved(page: Page, method: "POST" | "PATCH" | "DELETE", path: string | RegExp): Promise<unknown> {
  return page.waitForResponse((answer) => {
    const url = answer.url();
    const matches = typeof path === "string" ? url.includes(path) : path.test(url);
    // While one types, the form asks what is there already and what would be refused: that writes nothing.
    const asks = url.endsWith("/duplicates/check") || url.includes("dry_run=");
    return answer.request().method() === method && matches && answer.ok() && !asks;
  });
}

/** How far the page is wider than the window; a phone must never scroll sideways. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
}

/** Presses at one point of the screen and lets go at another, with the moves between them that a drag is told by. */
export async function dragMouse(page: Page, from: Point, to: Point): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + Math.sign(to.x - from.x) * 8, from.y + Math.sign(to.y - from.y) * 8, { steps: 3 });
  await page.mouse.move(to.x, to.y, { steps: 8 });
  await page.mouse.up();
}

export interface Point {
  x: number;
  y: number;
}

/** Where a thing is drawn; it must be on the screen. */
export async function boxOf(what: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await what.boundingBox();
  if (!box) throw new Error("it is not on the screen");
  return box;
}
