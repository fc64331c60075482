import type { Page, Route } from "@playwright/test";
import { createRecord } from "../support/api.ts";
import { uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

/** What a server in trouble answers. */
const TROUBLE = {
  status: 503,
  contentType: "application/problem+json",
  body: JSON.stringify({
    type: "about:blank",
    title: "Unavailable",
    status: 503,
    code: "unavailable",
    request_id: "test",
  }),
};

const NO_ID = "00000000-0000-7000-8000-000000000000";

interface Screen {
  name: string;
  path: string;
  /** The request whose answer the screen draws. */
  asks: RegExp;
  /** What shows that it is drawn. */
  drawn: string;
}

const screens: Screen[] = [
  {
    name: "board",
    path: "/o/opportunity/board",
    asks: /\/records\/opportunity(\/aggregate)?\?/,
    drawn: ".gx-board-column .gx-card",
  },
  { name: "calendar", path: "/o/activity/calendar?mode=week", asks: /\/records\/activity\?/, drawn: ".gx-time" },
];

/** Holds back the answers of these requests until the test lets them go, one way or the other. */
async function hold(page: Page, asks: RegExp): Promise<(answer: "go" | "trouble") => Promise<void>> {
  const held: Route[] = [];
  let decided: "go" | "trouble" | null = null;
  const settle = (route: Route) => (decided === "trouble" ? route.fulfill(TROUBLE) : route.continue());
  await page.route(asks, async (route) => {
    if (decided === null) held.push(route);
    else await settle(route);
  });
  return async (answer) => {
    decided = answer;
    await Promise.all(held.splice(0).map(settle));
  };
}

for (const { name, path, asks, drawn } of screens) {
  test(`${name}: a skeleton while it loads, the reason and a second try where it fails`, async ({ page }) => {
    await signIn(page, "salesmanager", "/home");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    let settle = await hold(page, asks);
    await page.goto(path);
    // The head is there, and something that says there is more to come; no message of emptiness, no error.
    await expect(page.getByRole("main").getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.locator(".gx-bone, .gx-board-ghost").first()).toBeVisible();
    await expect(page.getByRole("button", { name: /重\s*试/ })).toHaveCount(0);
    await settle("go");
    await expect(page.locator(drawn).first()).toBeVisible();

    await page.unrouteAll({ behavior: "wait" });
    settle = await hold(page, asks);
    await settle("trouble");
    await page.goto(path);
    const again = page
      .getByRole("main")
      .getByRole("button", { name: /重\s*试/ })
      .first();
    await expect(again).toBeVisible({ timeout: 20_000 });
    await page.unrouteAll({ behavior: "wait" });
    await again.click();
    await expect(page.locator(drawn).first()).toBeVisible();
    await expect(again).toHaveCount(0);
  });
}

test("record: a skeleton while it loads, a second try where it fails, and a way out where there is none", async ({
  page,
}) => {
  const me = await signIn(page, "sales");
  const name = uniqueName("状态客户");
  const account = await createRecord(page, me, "account", { name, kind: "company" });
  const asks = new RegExp(`/records/account/${account.id}(\\?|$)`);
  let settle = await hold(page, asks);
  await page.goto(`/r/account/${account.id}`);
  await expect(page.locator(".gx-bone, .ant-skeleton").first()).toBeVisible();
  await settle("go");
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();

  // Nothing has happened yet: the page says what to do.
  await page.getByRole("tab", { name: /联系人/ }).click();
  await expect(page.getByRole("tabpanel")).toContainText("还没有联系人");
  await expect(page.getByRole("tabpanel")).toContainText("自动关联到当前记录");

  await page.unrouteAll({ behavior: "wait" });
  settle = await hold(page, asks);
  await settle("trouble");
  await page.reload();
  const again = page.getByRole("main").getByRole("button", { name: /重\s*试/ });
  await expect(again).toBeVisible({ timeout: 20_000 });
  await page.unrouteAll({ behavior: "wait" });
  await again.click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();

  await page.goto(`/r/account/${NO_ID}`);
  await expect(page.getByText("找不到这条记录")).toBeVisible();
  await page.getByRole("button", { name: /返\s*回/ }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
});

test("a board and a calendar with nothing in them say so", async ({ page }) => {
  await signIn(page, "salesmanager");
  const nothing = encodeURIComponent(`id == '${NO_ID}'`);
  await page.goto(`/o/opportunity/board?filter=${nothing}`);
  const columns = page.locator(".gx-board-column:not([data-folded])");
  await expect(columns.first()).toContainText("这一列还没有记录");
  await page.goto(`/o/activity/calendar?mode=agenda&day=2035-01-01`);
  await expect(page.getByText("这段时间没有安排")).toBeVisible();
  await page.goto(`/o/activity/calendar?mode=agenda&day=2035-01-01&filter=${nothing}`);
  await expect(page.getByText("已应用列表中的筛选条件")).toBeVisible();
});
