import { expectAccessible } from "../support/accessibility.ts";
import { createRecord } from "../support/api.ts";
import { field, uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("a space has its tasks, its calendar and its notices", async ({ page }) => {
  const me = await signIn(page, "salesmanager");
  const space = await createRecord(page, me, "space", { name: uniqueName("攻坚组") });
  const meeting = uniqueName("项目会");
  const start = new Date(Date.now() + 3_600_000);
  await createRecord(page, me, "activity", {
    subject: meeting,
    kind: "appointment",
    space: space.id,
    start_at: start.toISOString(),
    end_at: new Date(start.getTime() + 3_600_000).toISOString(),
  });
  const notice = uniqueName("例会改期");
  await createRecord(page, me, "notice", { title: notice, body: "<p>改到周三</p>", space: space.id });

  await page.goto(`/r/space/${space.id}`);
  await page.getByRole("tab", { name: "任务", exact: true }).click();
  await page.getByRole("button", { name: /^新建/ }).last().click();
  const task = uniqueName("整理资料");
  await field(page, "subject").getByRole("textbox").fill(task);
  await expect(field(page, "kind")).toContainText("任务");
  await page.getByRole("button", { name: "保存", exact: true }).click();
  const tasks = page.getByRole("tabpanel");
  await expect(tasks.getByRole("link", { name: task })).toBeVisible();
  await expect(tasks.getByText(meeting)).toHaveCount(0);
  await expectAccessible(page);

  await page.getByRole("tab", { name: /^日历/ }).click();
  await expect(page.getByRole("tabpanel").getByText(meeting).first()).toBeVisible();
  await expect(page.getByRole("tabpanel").getByText(task)).toHaveCount(0);
  await page.getByRole("tab", { name: /^公告/ }).click();
  await expect(page.getByRole("tabpanel").getByRole("link", { name: notice })).toBeVisible();
});
