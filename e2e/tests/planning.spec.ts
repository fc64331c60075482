import { createRecord } from "../support/api.ts";
import { boxOf, dragMouse, saved, toast, uniqueName } from "../support/screens.ts";
import { demoEmail, signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("a colleague is invited, answers, and learns of nothing he is not invited to", async ({ page, browser }) => {
  const me = await signIn(page, "sales");
  const [open, closed] = [uniqueName("评审"), uniqueName("密谈")];
  const found = await page.request.get(
    `/api/v1/records/user?filter=${encodeURIComponent(`email == "${demoEmail("marketing")}"`)}`,
  );
  const colleague = (await found.json()).items[0];
  // Tuesday, 10:00 to 11:00 and 14:00 to 15:00 in Shanghai, in a week the demo company has nothing in.
  const at = (hour: string) => `2031-03-11T${hour}:00:00Z`;
  const common = { kind: "appointment" };
  const meeting = await createRecord(page, me, "activity", {
    ...common,
    subject: open,
    start_at: at("02"),
    end_at: at("03"),
    participants: [colleague.id],
  });
  await createRecord(page, me, "activity", { ...common, subject: closed, start_at: at("06"), end_at: at("07") });

  const context = await browser.newContext();
  const theirs = await context.newPage();
  await signIn(theirs, "marketing", `/r/activity/${meeting.id}`);
  await theirs.getByRole("region", { name: "参会" }).getByRole("button", { name: "参加", exact: true }).click();
  await expect(toast(theirs, "已答复")).toBeVisible();

  // Laid beside his own calendar, of the rest he sees only that she is busy.
  await theirs.goto("/o/activity/calendar?mode=week&day=2031-03-11");
  await theirs.getByRole("button", { name: "同事、团队或会议室" }).click();
  await theirs.getByRole("combobox", { name: "输入姓名、团队或会议室" }).fill(me.user.name);
  await theirs.locator(".ant-select-item-option").filter({ hasText: me.user.name }).first().click();
  await expect(theirs.locator(".gx-event-covered").filter({ hasText: "忙" })).toBeVisible();
  await expect(theirs.locator(".gx-event").filter({ hasText: open }).first()).toBeVisible();
  await expect(theirs.getByText(closed)).toHaveCount(0);
  await context.close();

  await page.goto(`/r/activity/${meeting.id}`);
  await expect(page.getByRole("region", { name: "参会" }).getByText("参加", { exact: true })).toBeVisible();
});

test("a task is given to somebody else on another day by dragging, and back", async ({ page }) => {
  const me = await signIn(page, "salesmanager");
  const subject = uniqueName("报价");
  const task = await createRecord(page, me, "activity", { subject, due_at: "2031-03-11T09:00:00Z" });
  await page.goto("/workload?day=2031-03-10");
  const card = page.locator(".gx-workload-item").filter({ hasText: subject });
  await expect(card).toBeVisible();
  const row = page.getByRole("row").filter({ hasText: "周雨桐" });
  const to = await boxOf(row.locator('td[data-day="2031-03-13"]'));
  const from = await boxOf(card);
  const written = saved(page, "PATCH", `/records/activity/${task.id}`);
  await dragMouse(page, { x: from.x + 30, y: from.y + 8 }, { x: to.x + 40, y: to.y + 40 });
  await written;
  const now = await (await page.request.get(`/api/v1/records/activity/${task.id}`)).json();
  expect([now.owner.label, new Date(now.due_at).toISOString()]).toEqual(["周雨桐", "2031-03-13T09:00:00.000Z"]);
  await expect(row.locator('td[data-day="2031-03-13"]').getByText(subject)).toBeVisible();
  // By keyboard as well.
  await page.locator(".gx-workload-item").filter({ hasText: subject }).focus();
  await page.keyboard.press("m");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
});
