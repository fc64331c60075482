import type { Locator, Page } from "@playwright/test";
import { expectAccessible } from "../support/accessibility.ts";
import { type ApiRecord, createRecord, listOf } from "../support/api.ts";
import { field, saved, toast } from "../support/screens.ts";
import { type Me, signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

const CHARACTERS = [..."霁瀚岚黛蔚霖珩翊晏湛骁禾衡硕栩逸暄璟澜昊珂煦沐祺翰朔铭颢皓舜"];

/** A company's name unlike that of any other: tests share a server, and what is much the same would be found too. */
const ownName = () =>
  Array.from({ length: 4 }, () => CHARACTERS[Math.floor(Math.random() * CHARACTERS.length)]).join("");

/** A number in Shanghai that nobody else has. */
const ownPhone = () => `021-6${Math.floor(1_000_000 + Math.random() * 8_999_999)}`;

interface Twins {
  me: Me;
  word: string;
  older: ApiRecord;
  younger: ApiRecord;
}

/** One customer entered twice: the second time with another short name, and with an address the first has not. */
async function enteredTwice(page: Page): Promise<Twins> {
  const me = await signIn(page, "admin");
  const word = ownName();
  const phone = ownPhone();
  const older = await createRecord(page, me, "account", { name: `${word}机电有限公司`, kind: "company", phone });
  const younger = await createRecord(page, me, "account", {
    name: `${word}机电（有限公司）`,
    kind: "company",
    phone,
    email: "info@aurora.example",
  });
  return { me, word, older, younger };
}

/** Has all records compared, and waits until that is done. */
async function compareAll(page: Page, me: Me): Promise<void> {
  const status = async () => {
    const answer = await page.request.get("/api/v1/records/account/duplicates/status");
    return ((await answer.json()) as { state: string; scanned_at: string | null }) ?? {};
  };
  const before = (await status()).scanned_at;
  const begun = await page.request.post("/api/v1/records/account/duplicates/scan", {
    headers: { "X-CSRF-Token": me.csrf_token },
  });
  expect(begun.status(), await begun.text()).toBe(202);
  await expect
    .poll(
      async () => {
        const now = await status();
        return now.state === "ready" && now.scanned_at !== before;
      },
      { timeout: 60_000 },
    )
    .toBe(true);
}

/** The group in the queue that has a record of this name. */
const groupOf = (page: Page, word: string): Locator => page.locator("[data-group]").filter({ hasText: word });

async function read(page: Page, id: string): Promise<ApiRecord> {
  return await (await page.request.get(`/api/v1/records/account/${id}`)).json();
}

test("who types a customer that is there already is told so, and goes on typing", async ({ page }) => {
  const { word, older } = await enteredTwice(page);
  await page.goto("/o/account");
  await page.getByRole("link", { name: "新建客户" }).click();
  const form = page.getByRole("dialog", { name: "新建客户" });
  const hint = form.getByRole("region", { name: "查重" });
  await expect(hint).toContainText("填写时会留意是否已有相同的客户");
  const name = field(page, "name").getByRole("textbox");
  const before = await name.boundingBox();
  await name.fill(`${word}机电有限公司`);
  await expect(hint).toContainText("可能已有相同的客户", { timeout: 30_000 });
  await expect(hint).toContainText("客户名称相同");
  await expect(name, "nothing takes the focus away").toBeFocused();
  expect(await name.boundingBox(), "nothing moves").toEqual(before);

  // What is typed next makes it surer, and finds the other one as well.
  await field(page, "phone").getByRole("textbox").fill(String(older.phone));
  await expect(hint).toContainText("极可能", { timeout: 30_000 });
  await hint.getByRole("button", { name: "另有 1 条" }).click();
  const link = hint.getByRole("listitem").getByRole("link", { name: `${word}机电有限公司` });
  await expect(link).toHaveAttribute("href", `/r/account/${older.id}`);
  await expect(link).toHaveAttribute("target", "_blank");
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(link).toBeHidden();
  await expect(form, "Esc closed the list alone").toBeVisible();
  await hint.getByRole("button", { name: "不再提示" }).click();
  await expect(hint).toBeHidden();
  await expect(name).toHaveValue(`${word}机电有限公司`);
});

test("of a customer one may not see, one is told whose it is and nothing else", async ({ page }) => {
  const me = await signIn(page, "sales");
  const word = ownName();
  const phone = ownPhone();
  const theirs = await createRecord(page, me, "account", { name: `${word}股份有限公司`, kind: "company", phone });
  await signIn(page, "sales2");
  const hidden = await page.request.get(`/api/v1/records/account/${theirs.id}`);
  expect(hidden.status()).toBe(404);
  await page.goto("/o/account");
  await page.getByRole("link", { name: "新建客户" }).click();
  const hint = page.getByRole("dialog", { name: "新建客户" }).getByRole("region", { name: "查重" });
  await field(page, "name").getByRole("textbox").fill(`${word}股份有限公司`);
  await field(page, "phone").getByRole("textbox").fill(phone);
  await expect(hint).toContainText(`已有相似的客户，负责人：${me.user.name}`, { timeout: 30_000 });
  await expect(hint.getByRole("link")).toHaveCount(0);
  await expect(hint).not.toContainText(word);
});

test("two that are one are merged with a choice, the old address leads on, and it is taken back", async ({ page }) => {
  const { me, word, older, younger } = await enteredTwice(page);
  await compareAll(page, me);
  await page.goto("/duplicates/account");
  const group = groupOf(page, word);
  await expect(group).toContainText("极可能");
  await expect(group).toContainText("电话相同");
  await expectAccessible(page);
  await group.getByRole("link", { name: "合并…" }).click();

  // The younger says more, so it stays; the name is taken from the other one.
  await expect(page.getByRole("radio", { name: new RegExp(`${word}机电（有限公司）.*保留这条`) })).toBeChecked();
  const take = page.getByRole("radio", { name: `客户名称：用“${older.name}”的值（${older.name}）` });
  await take.check();
  await expect(page.locator("#merge-name .gx-merge-outcome")).toHaveText(String(older.name));
  await expectAccessible(page);
  await page.getByRole("button", { name: "合并 2 条" }).click();
  await page.waitForURL(`**/r/account/${younger.id}`);
  await expect(toast(page, "已合并 2 条")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(String(older.name));
  expect(await read(page, younger.id)).toMatchObject({ name: older.name, email: "info@aurora.example" });

  await page.goto(`/r/account/${older.id}?tab=history`);
  await page.waitForURL(`**/r/account/${younger.id}?tab=history`);
  await expect(toast(page, `这条记录已合并到“${older.name}”`)).toBeVisible();
  const merges = page.getByRole("region", { name: "曾合并" });
  await expect(merges.getByRole("listitem")).toHaveCount(1);
  await merges.getByRole("button", { name: "拆分" }).click();
  const undone = saved(page, "POST", /\/changes\/[^/]+\/undo$/);
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /拆\s*分/ })
    .click();
  await undone;
  await expect(merges).toBeHidden();
  expect(await read(page, older.id)).toMatchObject({ id: older.id, name: older.name });
  expect(await read(page, younger.id)).toMatchObject({ id: younger.id, name: younger.name });
});

test("ticked records are merged from the list; what was changed since stays when that is taken back", async ({
  page,
}) => {
  const { me, older, younger } = await enteredTwice(page);
  await page.goto(listOf("account", older, younger));
  await expect(page.locator(".gx-row[role=row]")).toHaveCount(2);
  await page.getByRole("checkbox", { name: "选择已加载的全部" }).click();
  await page.getByRole("toolbar", { name: "已选 2 条" }).getByRole("button", { name: "合并" }).click();
  await page.getByRole("button", { name: "合并 2 条" }).click();
  await page.waitForURL(`**/r/account/${younger.id}`);
  const merged = toast(page, "已合并 2 条");
  const changed = await page.request.patch(`/api/v1/records/account/${younger.id}`, {
    data: { short_name: "极光" },
    headers: { "X-CSRF-Token": me.csrf_token },
  });
  expect(changed.status()).toBe(200);
  await merged.getByRole("button", { name: "撤销" }).click();
  await expect(
    page.locator(".ant-message-notice, .ant-notification-notice").filter({ hasText: "已撤销合并" }),
  ).toBeVisible();
  expect(await read(page, older.id)).toMatchObject({ id: older.id });
  expect(await read(page, younger.id)).toMatchObject({ short_name: "极光", name: younger.name });
});

test("what is said not to be the same stays away from the queue, however often it is searched", async ({ page }) => {
  const { me, word } = await enteredTwice(page);
  await compareAll(page, me);
  await page.goto("/duplicates/account");
  const group = groupOf(page, word);
  await expect(group).toBeVisible();
  // By the keyboard alone: to the group, then the verdict.
  for (let step = 0; step < 40 && (await group.getAttribute("data-current")) === null; step += 1) {
    await page.keyboard.press("j");
    await expect(page.locator("[data-current]")).toBeVisible();
  }
  const decided = saved(page, "POST", "/duplicates/decide");
  await page.keyboard.press("d");
  await decided;
  await expect(group).toBeHidden();
  await expect(toast(page, "已记住：不是同一个")).toBeVisible();

  await compareAll(page, me);
  await page.reload();
  await expect(page.getByText("上次查重")).toBeVisible();
  await expect(page.locator(".gx-skeleton")).toHaveCount(0);
  await expect(group).toHaveCount(0);
  const states = page.getByRole("radiogroup", { name: "筛选" });
  await states.getByText(/^不是同一个/).click();
  await expect(group).toContainText(`${me.user.name}`);
  await group.getByRole("button", { name: "重新列入待确认" }).click();
  await expect(toast(page, "已重新列入待确认")).toBeVisible();
  await states.getByText(/^待确认/).click();
  await expect(groupOf(page, word)).toBeVisible();
});

test("who edits a record that is merged meanwhile keeps what he typed, and is led to what it became", async ({
  page,
}) => {
  const { me, older, younger } = await enteredTwice(page);
  await page.goto(`/r/account/${older.id}?edit=1`);
  const form = page.getByRole("dialog", { name: "编辑客户" });
  const shortName = form.locator('[data-field="short_name"]').getByRole("textbox");
  await shortName.fill("正在输入");
  const merged = await page.request.post(`/api/v1/records/account/${younger.id}/merge`, {
    data: { others: [older.id] },
    headers: { "X-CSRF-Token": me.csrf_token },
  });
  expect(merged.status(), await merged.text()).toBe(200);
  const offer = page.locator(".ant-notification-notice").filter({ hasText: "这条记录已被合并到另一条" });
  await expect(offer).toBeVisible();
  await form.getByRole("button", { name: /保\s*存/ }).click();
  const note = form.getByRole("alert").filter({ hasText: "您填写的内容还在这里" });
  await expect(note.getByRole("link", { name: "打开合并后的记录" })).toHaveAttribute(
    "href",
    `/r/account/${younger.id}`,
  );
  await expect(shortName).toHaveValue("正在输入");
  await offer.getByRole("button", { name: "打开合并后的记录" }).click();
  await page.getByRole("dialog", { name: "有未保存的修改" }).getByRole("button", { name: "离开" }).click();
  await page.waitForURL(`**/r/account/${younger.id}*`);
});
