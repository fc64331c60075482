import { createRecord } from "../support/api.ts";
import { boxOf, choose, dragMouse, saved, uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("an appointment is dragged to another day and keeps its hour", async ({ page }) => {
  const me = await signIn(page, "trainer");
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
  const me = await signIn(page, "trainer");
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

test("in the week an appointment is dragged to another day and hour, and pulled longer by its end", async ({
  page,
}) => {
  const me = await signIn(page, "trainer");
  const subject = uniqueName("周会");
  // Tuesday, 10:00 to 11:00 in Shanghai.
  const made = await createRecord(page, me, "activity", {
    subject,
    kind: "appointment",
    start_at: "2031-09-09T02:00:00Z",
    end_at: "2031-09-09T03:00:00Z",
  });
  const span = async () => {
    const now = await (await page.request.get(`/api/v1/records/activity/${made.id}`)).json();
    return [now.start_at, now.end_at].map((at) => new Date(at).toISOString().slice(0, 16));
  };
  await page.goto("/o/activity/calendar?mode=week&day=2031-09-09");
  const event = page.locator(".gx-event-box").filter({ hasText: subject });
  await expect(event).toBeVisible();
  const hour = (await boxOf(page.locator(".gx-time-day").first())).height / 24;
  const column = (day: string) => boxOf(page.locator(`.gx-time-day[data-day="${day}"]`));

  const from = await boxOf(event);
  const grip = { x: from.x + 20, y: from.y + 12 };
  const moved = saved(page, "PATCH", `/records/activity/${made.id}`);
  await dragMouse(page, grip, { x: (await column("2031-09-11")).x + 20, y: grip.y + 2.5 * hour });
  await moved;
  expect(await span()).toEqual(["2031-09-11T04:30", "2031-09-11T05:30"]);
  await expect(page).toHaveURL(/calendar/);

  const end = await boxOf(event.locator(".gx-event-pull-y"));
  const edge = { x: end.x + end.width / 2, y: end.y + end.height / 2 };
  const pulled = saved(page, "PATCH", `/records/activity/${made.id}`);
  await dragMouse(page, edge, { x: edge.x, y: edge.y + 1.5 * hour });
  await pulled;
  expect(await span()).toEqual(["2031-09-11T04:30", "2031-09-11T07:00"]);

  // Escape while it hangs in the air: nothing has happened.
  const there = await boxOf(event);
  await page.mouse.move(there.x + 20, there.y + 12);
  await page.mouse.down();
  await page.mouse.move(there.x + 20, there.y + 12 - hour, { steps: 5 });
  await expect(page.locator(".gx-event[data-preview=true]")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.locator(".gx-event[data-preview=true]")).toHaveCount(0);
  await page.mouse.up();
  expect(await span()).toEqual(["2031-09-11T04:30", "2031-09-11T07:00"]);

  // By the keyboard: a quarter of an hour earlier.
  const stepped = saved(page, "PATCH", `/records/activity/${made.id}`);
  await event.press("Alt+ArrowUp");
  await stepped;
  expect(await span()).toEqual(["2031-09-11T04:15", "2031-09-11T06:45"]);
});

test("who is taken at the time an appointment is dragged to is told, and it stays there", async ({ page }) => {
  const me = await signIn(page, "trainer");
  const subject = uniqueName("外训");
  const at = (day: string) => ({ start_at: `${day}T02:00:00Z`, end_at: `${day}T03:00:00Z` });
  const made = await createRecord(page, me, "activity", { subject, kind: "appointment", ...at("2031-04-15") });
  await createRecord(page, me, "activity", { subject: uniqueName("评审"), kind: "appointment", ...at("2031-04-17") });
  await page.goto("/o/activity/calendar?mode=month&day=2031-04-15");
  const event = page.locator(".gx-event").filter({ hasText: subject });
  await expect(event).toBeVisible();
  const drag = async (day: string) => {
    const from = await boxOf(event);
    const to = await boxOf(page.locator(`[data-day="${day}"]`).first());
    const moved = saved(page, "PATCH", `/records/activity/${made.id}`);
    await dragMouse(page, { x: from.x + 12, y: from.y + 6 }, { x: to.x + 30, y: to.y + to.height / 2 });
    await moved;
  };
  const warning = page.locator(".ant-notification-notice").filter({ hasText: "这段时间有冲突" });
  await drag("2031-04-18");
  await drag("2031-04-17");
  await expect(warning).toContainText("10:00–11:00");
  await expect(warning).toHaveCount(1);
  const now = await (await page.request.get(`/api/v1/records/activity/${made.id}`)).json();
  expect(new Date(now.start_at).toISOString()).toBe("2031-04-17T02:00:00.000Z");
});

test("a room is laid beside one's own calendar", async ({ page }) => {
  const admin = await signIn(page, "admin");
  const name = uniqueName("听雨轩");
  const room = await createRecord(page, admin, "resource", { name });
  const subject = uniqueName("面谈");
  await createRecord(page, admin, "activity", {
    subject,
    kind: "appointment",
    start_at: "2031-05-13T02:00:00Z",
    end_at: "2031-05-13T03:00:00Z",
    resources: [room.id],
  });
  await signIn(page, "trainer", "/o/activity/calendar?mode=week&day=2031-05-13");
  await page.getByRole("button", { name: "同事、团队或会议室" }).click();
  await page.getByRole("combobox", { name: "输入姓名、团队或会议室" }).fill(name);
  await choose(page, name);
  // What it is booked for is not the trainer's to see; that it is taken is.
  await expect(page.getByText(`${name} · 忙`).first()).toBeVisible();
  await expect(page.getByText(subject)).toHaveCount(0);
});
