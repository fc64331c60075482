import { createRecord } from "../support/api.ts";
import { saved, uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("an appointment is dragged to another day and keeps its hour", async ({ page }) => {
  const me = await signIn(page, "trainer", "/login");
  const subject = uniqueName("培训");
  // A month the demo company has nothing in.
  const made = await createRecord(page, me, "activity", {
    subject,
    kind: "appointment",
    start_at: "2031-03-11T02:00:00Z",
    end_at: "2031-03-11T03:00:00Z",
  });
  await page.goto("/o/activity/calendar?mode=month&day=2031-03-11");
  const event = page.locator(".gx-event").filter({ hasText: subject });
  await expect(event).toBeVisible();
  const from = await event.boundingBox();
  const to = await page.locator('[data-day="2031-03-13"]').first().boundingBox();
  if (!from || !to) throw new Error("the event or the day is not on the screen");
  const written = saved(page, "PATCH", `/records/activity/${made.id}`);
  await page.mouse.move(from.x + 12, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(from.x + 40, from.y + from.height / 2, { steps: 3 });
  await page.mouse.move(to.x + 30, to.y + to.height / 2, { steps: 6 });
  await page.mouse.up();
  await written;
  const now = await (await page.request.get(`/api/v1/records/activity/${made.id}`)).json();
  expect(new Date(now.start_at).toISOString()).toBe("2031-03-13T02:00:00.000Z");
  expect(new Date(now.end_at).toISOString()).toBe("2031-03-13T03:00:00.000Z");
  await page.reload();
  await expect(page.locator(".gx-event").filter({ hasText: subject })).toBeVisible();
});

test("month, week, day and agenda show the same appointment", async ({ page }) => {
  const me = await signIn(page, "trainer", "/login");
  const subject = uniqueName("讲座");
  await createRecord(page, me, "activity", {
    subject,
    kind: "appointment",
    start_at: "2031-06-18T01:00:00Z",
    end_at: "2031-06-18T02:30:00Z",
  });
  await page.goto("/o/activity/calendar?mode=month&day=2031-06-18");
  for (const mode of ["周", "日", "日程", "月"]) {
    await page
      .locator(".gx-calendar-toolbar .ant-segmented-item")
      .filter({ hasText: new RegExp(`^${mode}$`) })
      .click();
    await expect(page.getByRole("main").getByText(subject).first(), mode).toBeVisible();
  }
});
