import type { Browser, Page } from "@playwright/test";
import { expectAccessible } from "../support/accessibility.ts";
import { type ApiRecord, createRecord, listOf } from "../support/api.ts";
import { choose, field, toast, uniqueName } from "../support/screens.ts";
import { type DemoRole, type Me, signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

interface Somebody {
  page: Page;
  me: Me;
}

/** Somebody else, in a browser of his own. */
async function another(browser: Browser, url: string, role: DemoRole): Promise<Somebody> {
  const context = await browser.newContext({ baseURL: url, locale: "zh-CN", timezoneId: "Asia/Shanghai" });
  const page = await context.newPage();
  return { page, me: await signIn(page, role) };
}

async function act(by: Somebody, path: string, input: object = {}): Promise<number> {
  const answer = await by.page.request.post(`/api/v1/records/${path}`, {
    data: input,
    headers: { "X-CSRF-Token": by.me.csrf_token },
  });
  return answer.status();
}

/** A pool of two sellers, kept by their manager, with records of these names in it. */
async function poolWith(browser: Browser, url: string, names: string[], more: object = {}) {
  const admin = await another(browser, url, "admin");
  const members: Somebody[] = [];
  for (const role of ["sales", "sales2"] as const) members.push(await another(browser, url, role));
  const keeper = await another(browser, url, "salesmanager");
  const pool = await createRecord(admin.page, admin.me, "pool", {
    name: uniqueName("公海"),
    object: "lead",
    members: members.map(({ me }) => me.user.id),
    administrators: [keeper.me.user.id],
    ...more,
  });
  const leads: ApiRecord[] = [];
  for (const name of names) {
    const lead = {
      name: uniqueName(name),
      company: uniqueName("公司"),
      mobile: "13912345678",
      owner: null,
      pool: pool.id,
    };
    leads.push(await createRecord(admin.page, admin.me, "lead", lead));
  }
  const [first, second] = members;
  if (!first || !second) throw new Error("nobody signed in");
  return { pool, leads, admin, keeper, first, second };
}

const nameOf = (record: ApiRecord | undefined) => (record?.name as { full: string } | undefined)?.full ?? "";

/** The list with these records, all ticked, and the menu of actions open. */
async function tickAll({ page }: Somebody, records: ApiRecord[]) {
  await page.goto(listOf("lead", ...records));
  await expect(page.locator(".gx-row[role=row]")).toHaveCount(records.length);
  await page.getByRole("checkbox", { name: "选择已加载的全部" }).click();
  await page.getByRole("toolbar", { name: /已选/ }).getByRole("button", { name: "操作" }).click();
}

test("what is ticked is claimed at once, and whoever was slower is told by whom", async ({ browser, server }) => {
  const { leads, first, second } = await poolWith(browser, server.url, ["陈甲", "陈乙", "陈丙"]);
  await tickAll(second, leads);
  await second.page.getByRole("menuitem", { name: "领取" }).click();
  const dialog = second.page.getByRole("dialog", { name: "领取：3 条记录" });
  await expect(dialog).toBeVisible();

  expect(await act(first, `lead/${leads[1]?.id}/actions/claim`)).toBe(200);
  await dialog.getByRole("button", { name: /^领\s*取$/ }).click();
  await expect(dialog.getByText("完成 2 条，未能执行 1 条")).toBeVisible();
  await expect(dialog.getByRole("row", { name: nameOf(leads[1]) })).toContainText(`${first.me.user.name} 已于`);
  await expect(dialog.getByRole("link", { name: nameOf(leads[1]) })).toBeVisible();
  await expectAccessible(second.page);
  await dialog
    .locator(".ant-modal-footer")
    .getByRole("button", { name: /关\s*闭/ })
    .click();

  for (const [at, lead] of leads.entries()) {
    const owner = at === 1 ? first : second;
    const read = await (await owner.page.request.get(`/api/v1/records/lead/${lead.id}?fields=owner`)).json();
    expect(read.owner.id).toBe(owner.me.user.id);
  }
});

test("what is covered until it is claimed cannot be called before", async ({ browser, server }) => {
  const { leads, first } = await poolWith(browser, server.url, ["冯甲"], { masked_fields: ["mobile"] });
  const { page } = first;
  await page.goto(`/r/lead/${leads[0]?.id}`);
  await expect(page.getByText("139****5678").first()).toBeVisible();
  await expect(page.locator('a[href^="tel:"]')).toHaveCount(0);
  await page.getByRole("button", { name: /^领\s*取$/ }).click();
  await expect(page.locator('a[href="tel:+8613912345678"]').first()).toBeVisible();
  await expect(page.getByRole("complementary").getByText("claimed")).toHaveCount(0);
  await expect(page.getByRole("complementary").getByRole("link", { name: /^公海\S+ → / })).toBeVisible();
});

test("whoever claims a customer calls its contact, and nobody before", async ({ browser, server }) => {
  const { pool, admin, first, second } = await poolWith(browser, server.url, [], {
    object: "account",
    masked_fields: ["phone"],
    hidden_fields: ["email"],
  });
  const account = await createRecord(second.page, second.me, "account", { name: uniqueName("恒泰机床") });
  const contact = await createRecord(second.page, second.me, "contact", {
    name: uniqueName("王海"),
    account: account.id,
    mobile: "13912345678",
    email: "wanghai@hengtai.example",
  });
  const given = { reason: "no_capacity", pool: pool.id };
  expect(await act(second, `account/${account.id}/actions/return_to_pool`, given)).toBe(200);

  // Neither whose it was a moment ago nor who may claim it reads the number: it is covered as the account's telephone is.
  for (const { page } of [first, second]) {
    await page.goto(`/r/contact/${contact.id}`);
    await expect(page.getByText("139****5678").first()).toBeVisible();
    await expect(page.locator('a[href^="tel:"]')).toHaveCount(0);
    await expect(page.getByText("wanghai@hengtai.example")).toHaveCount(0);
  }
  const { page } = first;
  await page.goto(`/r/account/${account.id}`);
  const claim = page.getByRole("button", { name: /^领\s*取$/ });
  await claim.click();
  await expect(claim).toHaveCount(0);
  await page.goto(`/r/contact/${contact.id}`);
  await expect(page.locator('a[href="tel:+8613912345678"]').first()).toBeVisible();
  const read = await admin.page.request.get(`/api/v1/records/contact/${contact.id}?fields=owner`);
  expect((await read.json()).owner.id).toBe(first.me.user.id);
});

test("a limit is told of each record it holds back", async ({ browser, server }) => {
  const { leads, first } = await poolWith(browser, server.url, ["林甲", "林乙", "林丙"], { daily_claims: 1 });
  await tickAll(first, leads);
  await first.page.getByRole("menuitem", { name: "领取" }).click();
  const dialog = first.page.getByRole("dialog", { name: "领取：3 条记录" });
  await dialog.getByRole("button", { name: /^领\s*取$/ }).click();
  await expect(dialog.getByText("完成 1 条，未能执行 2 条")).toBeVisible();
  await expect(dialog.getByRole("row", { name: /每天最多 1 条/ })).toHaveCount(2);
});

test("what is ticked goes back to the pool, with one reason for all", async ({ browser, server }) => {
  const { pool, leads, first } = await poolWith(browser, server.url, ["周甲", "周乙"]);
  for (const lead of leads) expect(await act(first, `lead/${lead.id}/actions/claim`)).toBe(200);
  const { page } = first;
  await tickAll(first, leads);
  await page.getByRole("menuitem", { name: "退回公海" }).click();
  const asked = page.getByRole("dialog", { name: "退回公海：2 条记录" });
  await asked.getByRole("button", { name: "退回公海" }).click();
  await expect(asked.getByText("请填写").or(asked.getByText("必填")).first()).toBeVisible();
  await field(page, "reason").getByRole("combobox").click();
  await choose(page, "联系不上");
  await asked.getByRole("button", { name: "退回公海" }).click();
  await expect(page.getByText("2 条全部完成")).toBeVisible();
  const moves = await page.request.get("/api/v1/records/pool_move", {
    params: { filter: `pool == '${pool.id}' && kind == 'returned'`, fields: "reason" },
  });
  expect((await moves.json()).items.map((move: ApiRecord) => move.reason)).toEqual(["unreachable", "unreachable"]);
});

test("records are shared out as the preview shows", async ({ browser, server }) => {
  const { leads, keeper, first, second } = await poolWith(browser, server.url, ["吴甲", "吴乙", "吴丙", "吴丁"]);
  const { page } = keeper;
  await tickAll(keeper, leads);
  await page.getByRole("menuitem", { name: "批量分配" }).click();
  const drawer = page.getByRole("dialog", { name: "批量分配" });
  await expect(drawer.getByText("所选 4 条在")).toBeVisible();
  await drawer.getByRole("button", { name: "加入公海成员（2 人）" }).click();
  await drawer.getByText("按权重").click();
  await drawer.getByRole("spinbutton", { name: `${first.me.user.name}的权重` }).fill("3");
  const share = (name: string) => drawer.getByRole("row").filter({ hasText: name });
  await expect(share(first.me.user.name)).toContainText("3");
  await expect(share(second.me.user.name)).toContainText("1");
  await expectAccessible(page);
  await drawer.getByRole("button", { name: "分配 4 条" }).click();
  await expect(drawer.getByText("已分配 4 条")).toBeVisible();
  const owned = await page.request.get("/api/v1/records/lead", {
    params: { filter: `id in [${leads.map(({ id }) => `'${id}'`).join(", ")}]`, fields: "owner" },
  });
  const owners = (await owned.json()).items.map((lead: { owner: { id: string } }) => lead.owner.id);
  expect(owners.filter((id: string) => id === first.me.user.id)).toHaveLength(3);
});

test("a recycling rule tells who would lose everything, before it is saved", async ({ browser, server }) => {
  // Somebody with one lead and no other.
  const owner = await another(browser, server.url, "trainer");
  const { pool, admin } = await poolWith(browser, server.url, [], { members: [owner.me.user.id] });
  const lead = await createRecord(admin.page, admin.me, "lead", {
    name: uniqueName("郑甲"),
    company: uniqueName("公司"),
    owner: owner.me.user.id,
  });
  const { page } = admin;
  await page.goto(`/o/pool_rule/new?pool=${pool.id}&kind=custom&warn_days=0`);
  const panel = page.getByRole("region", { name: "如果现在执行" });
  await expect(panel).toContainText("选好公海、条件和天数后");
  await field(page, "name").getByRole("textbox").fill(uniqueName("规则"));
  await field(page, "condition").getByRole("textbox").fill("owner !=");
  await expect(panel).not.toContainText("选好公海");
  await expect(panel.getByRole("table")).toHaveCount(0);
  await field(page, "condition").getByRole("textbox").fill(`id == '${lead.id}'`);
  await expect(panel).toContainText("将收回 1 条线索，涉及 1 位负责人");
  await expect(panel.getByRole("row").filter({ hasText: owner.me.user.name })).toContainText("100%");
  await expect(panel).toContainText(`${owner.me.user.name}将失去名下全部记录`);
  await expectAccessible(page);

  await page.getByRole("button", { name: /^保\s*存$/ }).click();
  await expect(page).toHaveURL(/\/r\/pool_rule\//);
  await page.getByRole("button", { name: "改为新版本" }).click();
  const next = page.getByRole("dialog", { name: "改为新版本" });
  await expect(next.locator('[data-field="condition"]').getByRole("textbox")).toHaveValue(`id == '${lead.id}'`);
  await expect(next.getByRole("region", { name: "如果现在执行" })).toContainText("将收回 1 条线索");
  await next.locator('[data-field="condition"]').getByRole("textbox").fill("false");
  await expect(next.getByRole("region", { name: "如果现在执行" })).toContainText("目前没有记录会被收回");
  await next.getByRole("button", { name: "保存新版本" }).click();
  await expect(toast(page, "新版本已保存，明天起生效")).toBeVisible();
});

test("what happens in a pool is counted, person by person", async ({ browser, server }) => {
  const { pool, leads, keeper, first } = await poolWith(browser, server.url, ["孙甲", "孙乙"]);
  for (const lead of leads) expect(await act(first, `lead/${lead.id}/actions/claim`)).toBe(200);
  expect(await act(first, `lead/${leads[0]?.id}/actions/return_to_pool`, { reason: "unreachable" })).toBe(200);
  const { page } = keeper;
  await page.goto(`/analysis/pools?period=month&pool=${pool.id}`);
  const claims = page
    .getByRole("region", { name: "领取与转化" })
    .getByRole("row")
    .filter({ hasText: first.me.user.name });
  await expect(claims.getByRole("cell")).toHaveText(["2", "0", "0%", "1"]);
  await expect(
    page.getByRole("region", { name: "退回原因" }).getByRole("row").filter({ hasText: "联系不上" }),
  ).toContainText("100%");
  await expectAccessible(page);
  await claims.getByRole("link", { name: "2" }).click();
  await expect(page.locator(".gx-row[role=row]")).toHaveCount(2);
});

test("a pool tells how many of its records may still be opened today, and stops there", async ({ browser, server }) => {
  const { pool, leads, first, keeper } = await poolWith(browser, server.url, ["何甲", "何乙"], { daily_views: 1 });
  const { page } = first;
  await page.goto(listOf("lead", ...leads));
  await expect(page.getByText("打开后可见").first()).toBeVisible();

  await page.goto(`/r/lead/${leads[0]?.id}`);
  await expect(page.getByRole("note").filter({ hasText: "今天还可打开" })).toContainText("0 / 1");
  await expect(page.getByRole("button", { name: /^领\s*取$/ })).toBeVisible();
  // What lies in a pool is its keeper's to change: others are not offered what would be refused.
  await expect(page.getByRole("button", { name: /^编\s*辑$/ })).toHaveCount(0);

  await page.goto(`/r/lead/${leads[1]?.id}`);
  await expect(page.getByText("今天能打开的记录已用完")).toBeVisible();
  await expect(page.getByRole("main")).toContainText(String(pool.name));
  await expectAccessible(page);
  await page.getByRole("link", { name: "返回列表" }).click();
  await expect(page).toHaveURL(/\/o\/lead/);

  await keeper.page.goto(`/r/lead/${leads[1]?.id}`);
  await expect(keeper.page.getByRole("button", { name: /^编\s*辑$/ })).toBeVisible();
});

test("who would be given more than he may hold is told before", async ({ browser, server }) => {
  const names = ["孔甲", "孔乙", "孔丙"];
  const trainer = await another(browser, server.url, "trainer");
  const own = encodeURIComponent(`owner == '${trainer.me.user.id}' && !(status in ['converted', 'disqualified'])`);
  const read = await trainer.page.request.get(`/api/v1/records/lead?count=exact&limit=1&fields=id&filter=${own}`);
  // Other tests on this server may have given him some already: he has room for one more.
  const { leads, keeper } = await poolWith(browser, server.url, names, {
    holding_cap: (await read.json()).count.value + 1,
    members: [trainer.me.user.id],
  });
  const { page } = keeper;
  await tickAll(keeper, leads);
  await page.getByRole("menuitem", { name: "批量分配" }).click();
  const drawer = page.getByRole("dialog", { name: "批量分配" });
  await drawer.getByRole("button", { name: "加入公海成员（1 人）" }).click();
  await expect(drawer.getByText("超出 2 条")).toBeVisible();
  await expect(drawer.getByText(/^2 条不会分配：/)).toBeVisible();
  await expect(drawer.getByRole("button", { name: "分配 1 条" })).toBeEnabled();
});
