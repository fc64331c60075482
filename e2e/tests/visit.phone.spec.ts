import type { Page } from "@playwright/test";
import { expectAccessible } from "../support/accessibility.ts";
import { createRecord } from "../support/api.ts";
import { choose, overflow, saved, uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

/** A customer on the Bund, and some hundred metres to the north of it. */
const customer = { lat: 31.24, lng: 121.49 };
const near = { latitude: 31.241, longitude: 121.49, accuracy: 12 };
const pixel = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

async function plannedVisit(page: Page, location: typeof customer | null) {
  const me = await signIn(page, "sales");
  const account = await createRecord(page, me, "account", {
    name: uniqueName("外勤客户"),
    ...(location ? { location } : {}),
  });
  const subject = uniqueName("上门拜访");
  const visit = await createRecord(page, me, "activity", {
    subject,
    kind: "visit",
    visit_method: "door_visit",
    account: account.id,
  });
  return { account, visit, subject };
}

const read = async (page: Page, id: string) => (await page.request.get(`/api/v1/records/activity/${id}`)).json();

/** How often an activity was checked in, by its history. */
async function times(page: Page, id: string, verb: string): Promise<number> {
  const history = await (await page.request.get(`/api/v1/records/activity/${id}/history`)).json();
  return history.items.filter((event: { kind?: string; verb?: string }) =>
    (event.verb ?? event.kind ?? "").endsWith(verb),
  ).length;
}

test("a visit is checked in with a photo near the customer, and checked out", async ({ page, context }) => {
  await context.grantPermissions(["geolocation"]);
  await context.setGeolocation(near);
  const { visit } = await plannedVisit(page, customer);
  await page.goto(`/r/activity/${visit.id}`);
  const strip = page.getByRole("region", { name: "拜访签到" });
  await strip.getByRole("button", { name: "签到" }).tap();
  const sheet = page.getByRole("dialog", { name: "签到" });
  await expect(sheet.getByText("已定位，误差约 12 米")).toBeVisible();
  await sheet.locator('input[type="file"]').setInputFiles({ name: "门头.png", mimeType: "image/png", buffer: pixel });
  await expect(sheet.getByRole("img", { name: "现场照片" })).toBeVisible();
  await expectAccessible(page);
  const checkedIn = saved(page, "POST", "/actions/check_in");
  await sheet.getByRole("button", { name: /签\s*到/ }).tap();
  await checkedIn;
  await expect(sheet).toHaveCount(0);
  await expect(strip.getByText("在客户处，距 111 米")).toBeVisible();
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  const begun = await read(page, visit.id);
  expect(begun.check_in_photo.content_type).toMatch(/^image\//);
  expect([begun.status, begun.check_in_place, begun.check_in_sent_at]).toEqual(["in_progress", "near", null]);

  await strip.getByRole("button", { name: "签退" }).tap();
  const leaving = page.getByRole("dialog", { name: "签退" });
  await leaving.getByRole("combobox", { name: "结果" }).tap();
  await choose(page, "有进展");
  await leaving.getByRole("textbox", { name: "拜访内容" }).fill("要两套样品");
  await expectAccessible(page);
  const checkedOut = saved(page, "POST", "/actions/check_out");
  await leaving.getByRole("button", { name: /签\s*退/ }).tap();
  await checkedOut;
  await expect(strip.getByText(/在场/)).toBeVisible();
  await expect(strip.getByRole("button", { name: /签/ })).toHaveCount(0);
  const ended = await read(page, visit.id);
  expect([ended.status, ended.outcome, ended.description]).toEqual(["done", "progress", "要两套样品"]);
  // Nobody rewrites it: the form does not offer it, and the API refuses.
  const me = await (await page.request.get("/api/v1/me")).json();
  const forged = await page.request.patch(`/api/v1/records/activity/${visit.id}`, {
    data: { check_in_at: "2026-01-01T00:00:00Z" },
    headers: { "X-CSRF-Token": me.csrf_token },
  });
  expect([forged.status(), (await forged.json()).code]).toEqual([400, "read_only_field"]);
});

test("without a network it is kept, over a closed page, and sent once there is one", async ({ page, context }) => {
  await context.grantPermissions(["geolocation"]);
  await context.setGeolocation(near);
  const { visit, subject } = await plannedVisit(page, customer);
  await page.goto(`/r/activity/${visit.id}`);
  const strip = page.getByRole("region", { name: "拜访签到" });
  await expect(strip.getByRole("button", { name: "签到" })).toBeVisible();
  await page.waitForLoadState("networkidle");
  await context.setOffline(true);
  await strip.getByRole("button", { name: "签到" }).tap();
  const sheet = page.getByRole("dialog", { name: "签到" });
  await expect(sheet.getByText(/已定位/)).toBeVisible();
  await sheet.locator('input[type="file"]').setInputFiles({ name: "门头.png", mimeType: "image/png", buffer: pixel });
  await expect(sheet.getByRole("img", { name: "现场照片" })).toBeVisible();
  await sheet.getByRole("button", { name: /签\s*到/ }).tap();
  await expect(sheet).toHaveCount(0);
  await expect(strip.getByText("待发送")).toBeVisible();
  await expect(page.getByRole("button", { name: "1 项待发送" })).toBeVisible();
  // Leaving, too, needs no network.
  await strip.getByRole("button", { name: "签退" }).tap();
  const leaving = page.getByRole("dialog", { name: "签退" });
  await leaving.getByRole("textbox", { name: "拜访内容" }).fill("地下车库没有信号");
  await leaving.getByRole("button", { name: /签\s*退/ }).tap();
  await expect(leaving).toHaveCount(0);
  await page.getByRole("button", { name: "2 项待发送" }).tap();
  await expect(page.getByRole("dialog", { name: "待发送" }).getByRole("link", { name: subject })).toHaveCount(2);
  await page.close();

  await context.setOffline(false);
  const later = await context.newPage();
  await later.goto("/home");
  await expect.poll(async () => (await read(later, visit.id)).check_out_at).not.toBeNull();
  await expect(later.getByRole("button", { name: /项待发送/ })).toHaveCount(0);
  const seen = await read(later, visit.id);
  expect([seen.status, seen.check_in_place, seen.description]).toEqual(["done", "near", "地下车库没有信号"]);
  expect(seen.check_in_photo).not.toBeNull();
  // Another look at the app sends nothing again.
  await later.reload();
  await later.waitForLoadState("networkidle");
  expect([await times(later, visit.id, "checked_in"), await times(later, visit.id, "checked_out")]).toEqual([1, 1]);
});

test("where the customer has no location, the place of the visit may become it", async ({ page, context }) => {
  await context.grantPermissions(["geolocation"]);
  await context.setGeolocation(near);
  const { account, visit } = await plannedVisit(page, null);
  await page.goto(`/r/activity/${visit.id}`);
  const strip = page.getByRole("region", { name: "拜访签到" });
  await strip.getByRole("button", { name: "签到" }).tap();
  const sheet = page.getByRole("dialog", { name: "签到" });
  await expect(sheet.getByText(/已定位/)).toBeVisible();
  await sheet.getByRole("button", { name: /签\s*到/ }).tap();
  await expect(strip.getByText("客户没有位置，无法计算距离")).toBeVisible();
  const placed = saved(page, "PATCH", `/records/account/${account.id}`);
  await strip.getByRole("button", { name: "设为客户位置" }).tap();
  await placed;
  const known = await (await page.request.get(`/api/v1/records/account/${account.id}`)).json();
  expect(known.location).toEqual({ lat: near.latitude, lng: near.longitude });
});

test("whoever refuses the position cannot check in", async ({ page }) => {
  const { visit } = await plannedVisit(page, customer);
  await page.goto(`/r/activity/${visit.id}`);
  await page.getByRole("region", { name: "拜访签到" }).getByRole("button", { name: "签到" }).tap();
  const sheet = page.getByRole("dialog", { name: "签到" });
  await expect(sheet.getByText("无法定位：请允许浏览器使用位置后重试。")).toBeVisible();
  await expect(sheet.getByRole("button", { name: /签\s*到/ })).toBeDisabled();
});

test("at a customer's door without a visit planned one is made and checked in", async ({ page, context }) => {
  await context.grantPermissions(["geolocation"]);
  await context.setGeolocation(near);
  const me = await signIn(page, "sales");
  const account = await createRecord(page, me, "account", { name: uniqueName("顺路客户"), location: customer });
  await page.goto(`/r/account/${account.id}`);
  await page.getByRole("button", { name: "到访签到" }).tap();
  await expect(page.getByRole("heading", { level: 1, name: `拜访${account.name}` })).toBeVisible();
  await page.getByRole("region", { name: "拜访签到" }).getByRole("button", { name: "签到" }).tap();
  const sheet = page.getByRole("dialog", { name: "签到" });
  await expect(sheet.getByText(/已定位/)).toBeVisible();
  await sheet.getByRole("button", { name: /签\s*到/ }).tap();
  await expect(page.getByText("在客户处，距 111 米")).toBeVisible();
});
