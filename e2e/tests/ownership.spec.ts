import type { Page } from "@playwright/test";
import { createRecord } from "../support/api.ts";
import { choose, uniqueName } from "../support/screens.ts";
import { type Me, signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

/** A rule about one customer alone, so that no other test's customers are counted: by the department of his deals. */
async function ruleOf(page: Page, me: Me, account: string, values: object) {
  return createRecord(page, me, "ownership_rule", {
    object: "account",
    condition: `id == "${account}"`,
    related: "opportunity",
    via: "account",
    branch: "department",
    ...values,
  });
}

async function departments(page: Page): Promise<{ id: string; name: string }[]> {
  const answer = await page.request.get("/api/v1/records/department?fields=name&limit=50");
  return ((await answer.json()) as { items: { id: string; name: string }[] }).items;
}

test("an order of rules is tried out before it is saved, and a customer's ownership is explained", async ({ page }) => {
  const me = await signIn(page, "admin");
  const name = uniqueName("归属客户");
  const account = await createRecord(page, me, "account", { name, kind: "company" });
  const own = (account.department as { id: string }).id;
  const [first, second] = (await departments(page)).filter(({ id }) => id !== own);
  if (!first || !second) throw new Error("the demo company has no departments");
  const deal = async (department: string, amount: string, close_date: string) =>
    createRecord(page, me, "opportunity", {
      name: `${name}${amount}`,
      account: account.id,
      close_date,
      department,
      amount: { amount, currency: "CNY" },
    });
  await deal(first.id, "900000", "2030-01-31");
  await deal(second.id, "100000", "2030-05-31");
  const largest = uniqueName("金额最大");
  const latest = uniqueName("最近成交");
  await ruleOf(page, me, account.id, {
    name: largest,
    position: 1,
    finds: "largest",
    measure: "sum",
    amount: "amount",
  });
  await ruleOf(page, me, account.id, { name: latest, position: 2, finds: "latest", day: "close_date" });

  await page.goto("/ownership");
  const moves = page.getByRole("region", { name: "从哪里到哪里", exact: true });
  await expect(moves.getByRole("row").filter({ hasText: largest })).toContainText(first.name);
  const records = page.getByRole("region", { name: "将改变的记录" }).first();
  await expect(records.getByRole("row").filter({ hasText: name })).toContainText("900,000");

  // The other order is only tried out: what is saved stays.
  await page.getByRole("button", { name: `上移“${latest}”` }).click();
  await expect(moves.getByRole("row").filter({ hasText: latest })).toContainText(second.name);
  await page.getByRole("button", { name: "恢复" }).click();
  await expect(moves.getByRole("row").filter({ hasText: largest })).toContainText(first.name);

  await page.goto(`/r/account/${account.id}`);
  await page.getByRole("button", { name: "更多" }).first().click();
  await page.getByRole("menuitem", { name: /归属/ }).first().click();
  const drawer = page.getByRole("dialog", { name: "归属说明" });
  await expect(drawer).toContainText(`下次执行时将改为${first.name}`);
  const decided = drawer.getByRole("listitem").filter({ hasText: largest });
  await expect(decided).toContainText("由此决定");
  await expect(decided.getByRole("row").filter({ hasText: first.name })).toContainText("900,000");
  await expect(drawer.getByRole("listitem").filter({ hasText: latest })).toContainText("前面的规则已决定");
});

test("what a leaver has goes by a plan that is checked first, and comes back", async ({ page }) => {
  const me = await signIn(page, "admin");
  const email = `${uniqueName("leaver").replaceAll(/[^a-z0-9]/gi, "")}@example.com`;
  const leaver = await createRecord(page, me, "user", { name: uniqueName("离职成员"), email, roles: ["sales"] });
  const made = async (name: string) =>
    createRecord(page, me, "account", { name: uniqueName(name), kind: "company", owner: leaver.id });
  const [account] = [await made("移交客户甲"), await made("移交客户乙")];

  await page.goto("/settings/members");
  await page.getByRole("textbox", { name: "搜索" }).fill(String(leaver.name));
  const row = page.getByRole("row").filter({ hasText: String(leaver.name) });
  await row.getByRole("button").last().click();
  await page.getByRole("menuitem", { name: "移交记录" }).click();
  const drawer = page.getByRole("dialog", { name: /移交 .* 名下的记录/ });
  await expect(drawer.getByRole("button", { name: "下一步：核对" })).toBeDisabled();
  await drawer.getByRole("combobox", { name: "接手人" }).fill("林晓峰");
  await choose(page, /林晓峰/);
  await drawer.getByRole("button", { name: "下一步：核对" }).click();
  await expect(drawer.getByRole("row").filter({ hasText: "林晓峰" })).toContainText("2");
  await drawer.getByRole("button", { name: "开始移交 2 条" }).click();
  await expect(drawer).toContainText("移交完成", { timeout: 30_000 });
  const owner = async () => {
    const now = await (await page.request.get(`/api/v1/records/account/${account.id}?fields=owner`)).json();
    return (now.owner as { label: string } | null)?.label;
  };
  expect(await owner()).toBe("林晓峰");

  await drawer.getByRole("button", { name: "撤销移交" }).click();
  await page
    .getByRole("dialog")
    .filter({ hasText: "移交后没有再变动" })
    .getByRole("button", { name: "撤销移交" })
    .click();
  await expect(drawer).toContainText("已撤销移交", { timeout: 30_000 });
  expect(await owner()).toBe(leaver.name);
});
