import { createRecord, listOf } from "../support/api.ts";
import { boxOf, choose, personalise, row, saved, uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("times are those of the zone chosen in the profile", async ({ page }) => {
  const me = await signIn(page, "trainer");
  const subject = uniqueName("时区");
  const made = await createRecord(page, me, "activity", {
    subject,
    kind: "appointment",
    start_at: "2031-12-09T02:00:00Z",
    end_at: "2031-12-09T03:00:00Z",
  });
  await page.goto(`/r/activity/${made.id}`);
  await expect(page.getByRole("main")).toContainText("10:00");

  await page.goto("/profile");
  await page.locator("#profile-zone").click();
  await page.locator("#profile-zone").fill("New_York");
  const kept = saved(page, "PATCH", "/api/v1/me");
  await choose(page, "New_York");
  await kept;
  await page.goto(`/r/activity/${made.id}`);
  await expect(page.getByRole("heading", { level: 1, name: subject })).toBeVisible();
  // The evening before, in New York.
  await expect(page.getByRole("main")).toContainText("21:00");
  await expect(page.getByRole("main")).not.toContainText("10:00");
  await page.goto("/o/activity/calendar?mode=week&day=2031-12-08");
  await expect(page.locator('.gx-time-day[data-day="2031-12-08"]')).toContainText(subject);
  const restored = await page.request.patch("/api/v1/me", {
    data: { time_zone: "Asia/Shanghai" },
    headers: { "X-CSRF-Token": me.csrf_token },
  });
  expect(restored.ok()).toBe(true);
});

test("rows are lower in the compact density, and stay so", async ({ page }) => {
  const me = await signIn(page, "trainer");
  const name = uniqueName("行高");
  const made = await createRecord(page, me, "activity", { subject: name, kind: "task" });
  await page.goto(listOf("activity", made));
  const roomy = (await boxOf(row(page, name))).height;
  await page.goto("/profile");
  const kept = saved(page, "PATCH", "/api/v1/me");
  await page.getByRole("radiogroup", { name: "密度" }).getByText("紧凑").click();
  await kept;
  await page.goto(listOf("activity", made));
  await expect(row(page, name)).toBeVisible();
  const compact = (await boxOf(row(page, name))).height;
  expect(compact).toBeLessThan(roomy - 4);
  await page.reload();
  await expect(row(page, name)).toBeVisible();
  expect((await boxOf(row(page, name))).height).toBe(compact);
  await personalise(page, me, { density: "comfortable" });
});
