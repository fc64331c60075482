import { expectAccessible } from "../support/accessibility.ts";
import { createRecord } from "../support/api.ts";
import { choose, field, saved, uniqueName } from "../support/screens.ts";
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

test("a record and a view are pinned where one is, and lead back there from the space", async ({ page }) => {
  const me = await signIn(page, "salesmanager");
  const space = await createRecord(page, me, "space", { name: uniqueName("资料组") });
  const account = await createRecord(page, me, "account", { name: uniqueName("置顶客户"), kind: "company" });
  const config = { columns: ["name"], filter: "level == 'a'", sort: "name" };
  const view = await createRecord(page, me, "saved_view", {
    name: uniqueName("重点客户视图"),
    object_name: "account",
    config,
  });
  const pinInto = async () => {
    const form = page.getByRole("dialog");
    await field(page, "space").getByRole("combobox").fill(String(space.name));
    await choose(page, String(space.name));
    const made = saved(page, "POST", "/records/space_pin");
    await form.getByRole("button", { name: "保存", exact: true }).click();
    await made;
  };
  await page.goto(`/r/account/${account.id}`);
  await page.getByRole("button", { name: "更多", exact: true }).first().click();
  await page.getByRole("menuitem", { name: "置顶到协作空间…" }).click();
  await pinInto();
  await page.goto(`/o/account?view=saved:${view.id}`);
  await page.locator(".gx-view-button").click();
  await page.getByRole("menuitem", { name: "置顶到协作空间…" }).click();
  await pinInto();

  await page.goto(`/r/space/${space.id}?tab=space_pin.space`);
  const pins = page.getByRole("tabpanel");
  await expect(pins.getByRole("link", { name: String(account.name) }).first()).toBeVisible();
  await page.goto(`/r/saved_view/${view.id}`);
  await expect(page).toHaveURL(new RegExp(`/o/account\\?view=saved(:|%3A)${view.id}`));
  await expect(page.locator(".gx-view-button")).toContainText(String(view.name));
});
