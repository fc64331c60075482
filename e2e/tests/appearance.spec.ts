import { personalise } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

const hanzi = /[\u3400-\u9fff]/;

test("the language is switched from the menu and stays after a reload", async ({ page }) => {
  const me = await signIn(page, "marketing", "/o/account");
  await expect(page.getByRole("grid", { name: "客户" })).toBeVisible();
  await page.locator(".gx-user-button").click();
  await page.getByRole("menuitem", { name: "语言" }).hover();
  await page.getByRole("menuitem", { name: "English" }).click();
  await expect(page.getByRole("grid", { name: "Accounts" })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await page.reload();
  await expect(page.getByRole("grid", { name: "Accounts" })).toBeVisible();
  await personalise(page, me, { locale: "zh-CN" });
  await page.reload();
  await expect(page.getByRole("grid", { name: "客户" })).toBeVisible();
});

test("in English no label of the app is left in Chinese", async ({ page }) => {
  const me = await signIn(page, "admin");
  await personalise(page, me, { locale: "en" });
  const labels =
    ".gx-side, .gx-toolbar, [role=columnheader], .gx-form-label, .gx-inline-label, .ant-tabs-tab, h2, .ant-btn";
  for (const path of [
    "/home",
    "/o/account",
    "/o/account/new",
    "/o/opportunity/board",
    "/settings/objects/account",
    "/profile",
  ]) {
    await page.goto(path);
    // A browser that was never here begins in its own language, until it knows who came.
    await expect(page.locator("html")).toHaveAttribute("lang", "en");
    await expect(page.getByRole("main")).toBeVisible();
    await page.waitForLoadState("networkidle");
    const texts = await page.locator(labels).allInnerTexts();
    const left = texts.filter((text) => hanzi.test(text) && !text.includes("简体中文"));
    expect(left, path).toEqual([]);
  }
  await personalise(page, me, { locale: "zh-CN" });
});

test("dark mode is chosen in the menu and is dark before the first script runs", async ({ page }) => {
  const me = await signIn(page, "operator", "/home");
  const lightness = () =>
    page.evaluate(() => {
      const [r = 255, g = 255, b = 255] =
        getComputedStyle(document.body).backgroundColor.match(/\d+/g)?.map(Number) ?? [];
      return (r + g + b) / 3;
    });
  await expect.poll(lightness).toBeGreaterThan(200);
  await page.locator(".gx-user-button").click();
  await page.getByRole("menuitem", { name: "外观" }).hover();
  await page.getByRole("menuitem", { name: "深色" }).click();
  await expect.poll(lightness).toBeLessThan(60);
  await page.reload({ waitUntil: "commit" });
  await expect(page.getByRole("main")).toBeVisible();
  await expect.poll(lightness).toBeLessThan(60);
  await personalise(page, me, { theme: "light" });
});
