import { createRecord } from "../support/api.ts";
import { choose, uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("a space says who belongs to it; who is added is there at once", async ({ page }) => {
  const me = await signIn(page, "marketing");
  const space = await createRecord(page, me, "space", { name: uniqueName("展会空间") });
  await page.goto(`/r/space/${space.id}`);
  const members = page.getByRole("region", { name: "成员" });
  await expect(members.getByRole("listitem")).toHaveCount(1);
  await expect(members.getByRole("listitem")).toContainText(me.user.name);
  await members.getByRole("button", { name: "添加与管理成员" }).click();
  const drawer = page.getByRole("dialog", { name: /共享与权限/ });
  await drawer.getByLabel("选择成员").fill("林晓峰");
  await choose(page, "林晓峰");
  await drawer.getByRole("button", { name: /^共\s*享$/ }).click();
  await expect(members.getByRole("listitem").filter({ hasText: "林晓峰" })).toContainText("可查看");
});

test("a room shows when it is booked, and only tasks have a checklist", async ({ page }) => {
  const me = await signIn(page, "admin");
  const room = await createRecord(page, me, "resource", { name: uniqueName("会议室"), kind: "room" });
  const subject = uniqueName("评审会");
  // Today in Shanghai, whatever the hour.
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai" }).format(new Date());
  const booking = await createRecord(page, me, "activity", {
    subject,
    kind: "appointment",
    start_at: `${today}T10:00:00+08:00`,
    end_at: `${today}T11:00:00+08:00`,
    resources: [room.id],
  });
  await page.goto(`/r/resource/${room.id}`);
  await page.getByRole("tab", { name: /预订/ }).click();
  await expect(page.locator(".gx-related-calendar .gx-time")).toContainText(subject);

  await page.goto(`/r/activity/${booking.id}`);
  await expect(page.getByRole("tab", { name: "修改历史" })).toBeVisible();
  await expect(page.getByRole("tab", { name: /清单|用时/ })).toHaveCount(0);
  const task = await createRecord(page, me, "activity", { subject, kind: "task" });
  await page.goto(`/r/activity/${task.id}`);
  await expect(page.getByRole("tab", { name: /清单/ })).toBeVisible();
});

test("an area of the navigation has a page with its lists and what is open", async ({ page }) => {
  const me = await signIn(page, "sales");
  const name = uniqueName("领域线索");
  await createRecord(page, me, "lead", { name, company: `${name}公司` });
  await page.goto("/my-work");
  await page.getByRole("link", { name: "销售 · 工作中心" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "销售" })).toBeVisible();
  const leads = page.getByRole("region", { name: "线索", exact: true });
  await expect(leads).toContainText(name);
  await leads.getByRole("link", { name: "我的线索" }).click();
  await expect(page).toHaveURL(/\/o\/lead\?view=/);
});
