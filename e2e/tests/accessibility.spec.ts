import { expectAccessible } from "../support/accessibility.ts";
import { createRecord } from "../support/api.ts";
import { personalise, uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("signing in is accessible", async ({ page }) => {
  await page.goto("/login");
  await expect(page.getByRole("heading", { name: "欢迎回来" })).toBeVisible();
  await expectAccessible(page);
});

const screens = [
  { name: "home", path: "/home" },
  { name: "list", path: "/o/account" },
  { name: "board", path: "/o/opportunity/board" },
  { name: "sales analysis", path: "/analysis/sales" },
  { name: "targets", path: "/analysis/targets" },
  { name: "lifecycle analysis", path: "/analysis/lifecycle" },
  { name: "ownership preview", path: "/ownership" },
  { name: "calendar", path: "/o/activity/calendar" },
  { name: "form", path: "/o/account/new" },
  { name: "duplicates", path: "/duplicates/contact" },
  { name: "import", path: "/import/account", lightOnly: true },
  { name: "settings", path: "/settings/objects/account", lightOnly: true },
  { name: "single sign-on", path: "/settings/providers" },
];

for (const theme of ["light", "dark"] as const) {
  for (const { name, path } of screens.filter((screen) => theme === "light" || !screen.lightOnly)) {
    test(`${name} is accessible in ${theme}`, async ({ page }) => {
      // Somebody whose theme no test running beside this one depends on.
      const me = await signIn(page, "admin");
      await personalise(page, me, { theme });
      await page.goto(path);
      await expect(page.getByRole("main")).toBeVisible();
      await page.waitForLoadState("networkidle");
      await expectAccessible(page);
    });
  }

  test(`record is accessible in ${theme}`, async ({ page }) => {
    const me = await signIn(page, "admin");
    await personalise(page, me, { theme });
    const account = await createRecord(page, me, "account", {
      name: uniqueName("无障碍"),
      kind: "company",
      level: "a",
    });
    await createRecord(page, me, "activity", { subject: "通话", kind: "call", status: "done", account: account.id });
    await page.goto(`/r/account/${account.id}`);
    await expect(page.locator(".gx-entry").first()).toBeVisible();
    await page.waitForLoadState("networkidle");
    await expectAccessible(page);
  });
}
