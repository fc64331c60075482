import { expectAccessible } from "../support/accessibility.ts";
import { changeRecord, createRecord } from "../support/api.ts";
import { saved, uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("a comment mentions a colleague, who is told and led to the exact place", async ({ page, browser, baseURL }) => {
  test.setTimeout(120_000);
  const me = await signIn(page, "sales");
  const account = await createRecord(page, me, "account", { name: uniqueName("评论客户") });
  const colleague = await browser.newContext(baseURL ? { baseURL, locale: "zh-CN" } : {});
  const other = await colleague.newPage();
  await signIn(other, "salesmanager", "/home");
  await expect(
    other.getByRole("button", { name: "通知，0 条未读" }).or(other.getByRole("button", { name: /^通知，/ })),
  ).toBeVisible();

  await page.goto(`/r/account/${account.id}`);
  await page.getByRole("button", { name: /写评论/ }).click();
  const box = page.getByRole("textbox", { name: "写评论" });
  const words = uniqueName("请看报价");
  await box.pressSequentially(`${words} @`);
  const manager = await other.request.get("/api/v1/me").then((answer) => answer.json());
  await box.pressSequentially(manager.user.name);
  await page.getByRole("option", { name: manager.user.name }).first().click();
  const sent = saved(page, "POST", "/records/comment");
  await page.keyboard.press("Control+Enter");
  await sent;
  const entry = page.locator(".gx-comment").filter({ hasText: words });
  await expect(entry).toContainText("仅内部");
  await expect(entry.locator("[data-mention]")).toHaveText(`@${manager.user.name}`);

  // The other one is told without asking, and led to the comment itself.
  await expect(other.getByText(`在“${account.name}”中提到了您`).first()).toBeVisible({ timeout: 30_000 });
  await expectAccessible(page);
  await other.getByRole("button", { name: /^通知，[1-9]/ }).click();
  await other
    .locator(".gx-told-panel")
    .getByRole("button", { name: new RegExp(`${account.name}.*提到了您`) })
    .first()
    .click();
  await expect(other).toHaveURL(new RegExp(`/r/account/${account.id}.*comment=`));
  const there = other.locator(".gx-comment[data-sought]");
  await expect(there).toContainText(words);
  await there.getByRole("button", { name: "回应" }).click();
  await other.getByRole("button", { name: "赞" }).click();
  await expect(there.getByRole("button", { pressed: true })).toContainText("1");
  await there.getByRole("button", { name: "回复", exact: true }).click();
  await other.getByRole("textbox", { name: "写评论" }).pressSequentially("收到");
  const answered = saved(other, "POST", "/records/comment");
  await other.keyboard.press("Control+Enter");
  await answered;
  await colleague.close();

  await page.goto("/notifications");
  await expect(page.getByRole("button", { name: new RegExp(`${account.name}.*回复了您`) })).toBeVisible({
    timeout: 30_000,
  });
  await page.keyboard.press("j");
  await page.keyboard.press("e");
  await page.getByText("已归档").click();
  await expect(page.getByRole("button", { name: new RegExp(String(account.name)) }).first()).toBeVisible();
});

test("who is mentioned in vain is named before anything is sent, and a draft is kept", async ({ page }) => {
  const me = await signIn(page, "sales");
  const account = await createRecord(page, me, "account", { name: uniqueName("草稿客户") });
  await page.goto(`/r/account/${account.id}`);
  await page.getByRole("button", { name: /写评论/ }).click();
  const box = page.getByRole("textbox", { name: "写评论" });
  await box.pressSequentially("写到一半");
  await page.reload();
  await expect(box).toHaveText("写到一半");
  // Esc asks before what was typed is thrown away.
  await box.press("Escape");
  await page.getByRole("dialog").getByRole("button", { name: "继续编辑" }).click();
  await expect(box).toHaveText("写到一半");
});

test("an edited comment shows its earlier versions, word by word", async ({ page }) => {
  const me = await signIn(page, "sales");
  const account = await createRecord(page, me, "account", { name: uniqueName("改评客户") });
  const comment = await createRecord(page, me, "comment", {
    target: { object: "account", id: account.id },
    body: "<p>报价三十万元，周五回复</p>",
  });
  await changeRecord(page, me, "comment", comment.id, { body: "<p>报价二十八万元，周五回复</p>" });
  await page.goto(`/r/account/${account.id}`);
  await page.locator(`#comment-${comment.id}`).getByRole("button", { name: "已编辑" }).click();
  const drawer = page.getByRole("dialog", { name: "编辑历史" });
  const versions = drawer.getByRole("listitem");
  await expect(versions).toHaveCount(2);
  await expect(versions.first()).toContainText(me.user.name);
  await expect(versions.first().locator("del")).toHaveText(["三"]);
  await expect(versions.first().locator("ins")).toHaveText(["二", "八"]);
  await expect(versions.last()).toContainText("报价三十万元，周五回复");
  await expectAccessible(page);
  // Another edit comes while it is open.
  await changeRecord(page, me, "comment", comment.id, { body: "<p>报价二十八万元，周一回复</p>" });
  await expect(versions).toHaveCount(3);
  // What is internal is not turned outward: its versions could be read there.
  const refused = await page.request.patch(`/api/v1/records/comment/${comment.id}`, {
    data: { audience: "partners" },
    headers: { "X-CSRF-Token": me.csrf_token },
  });
  expect(refused.status()).toBe(422);
});

test("one is led to a comment that is older than what the timeline shows", async ({ page }) => {
  const me = await signIn(page, "sales");
  const account = await createRecord(page, me, "account", { name: uniqueName("旧评客户") });
  const say = (words: string) =>
    createRecord(page, me, "comment", { target: { object: "account", id: account.id }, body: `<p>${words}</p>` });
  const old = await say("最早的一条");
  for (let at = 0; at < 31; at += 1) await say(`后来的第${at}条`);
  await page.goto(`/r/account/${account.id}?comment=${old.id}&tab=timeline`);
  const sought = page.getByRole("region", { name: "您要看的评论" }).locator(".gx-comment[data-sought]");
  await expect(sought).toContainText("最早的一条");
  await expect(sought).toBeInViewport();
  await expect(sought.getByRole("button", { name: "回复", exact: true })).toBeVisible();
});
