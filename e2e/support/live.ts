import type { Browser, Page } from "@playwright/test";
import { type DemoRole, type Me, signIn } from "./sign-in.ts";

/** Somebody else, in a browser of his own. */
export async function another(browser: Browser, url: string, role: DemoRole): Promise<{ page: Page; me: Me }> {
  const context = await browser.newContext({ baseURL: url, locale: "zh-CN", timezoneId: "Asia/Shanghai" });
  const page = await context.newPage();
  const me = await signIn(page, role);
  return { page, me };
}

/** Opens a page and waits until the server has said that it tells what happens to this object, or to this record. */
export async function openLive(page: Page, path: string, named: string): Promise<void> {
  let asked = false;
  const watching = new Promise<void>((fulfil) => {
    page.on("websocket", (socket) => {
      socket.on("framesent", ({ payload }) => {
        if (String(payload).includes('"watch"') && String(payload).includes(`"${named}"`)) asked = true;
      });
      socket.on("framereceived", ({ payload }) => {
        if (asked && String(payload).includes('"watching"')) fulfil();
      });
    });
  });
  await page.goto(path);
  await watching;
}
