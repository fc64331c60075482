import { createRecord } from "../support/api.ts";
import { uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("a phone is connected by an app password made on the profile page, until it is revoked", async ({ page }) => {
  const me = await signIn(page, "trainer");
  const subject = uniqueName("手机上的会");
  const made = await createRecord(page, me, "activity", {
    subject,
    kind: "appointment",
    start_at: "2031-12-09T02:00:00Z",
    end_at: "2031-12-09T03:00:00Z",
  });
  await page.goto("/profile");
  const panel = page.getByRole("region", { name: "连接日历" });
  const server = await panel.locator("dd").nth(0).innerText();
  const email = await panel.locator("dd").nth(1).innerText();
  expect(new URL(server.trim()).pathname).toBe("/caldav/");
  await panel.getByText("安卓", { exact: true }).click();
  await expect(panel).toContainText("DAVx⁵");

  const name = uniqueName("我的手机");
  await panel.getByRole("button", { name: "新建应用密码" }).click();
  await page.getByLabel("用在哪里").fill(name);
  await page.getByRole("dialog").getByText("只查看").click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /创\s*建|新\s*建/ })
    .click();
  const secret = (await page.locator(".gx-key-secret").innerText()).trim();
  await page.keyboard.press("Escape");
  const entry = panel.getByRole("listitem").filter({ hasText: name });
  await expect(entry).toContainText("只能查看");

  const authorization = `Basic ${Buffer.from(`${email.trim()}:${secret}`).toString("base64")}`;
  const ask = (method: string, body?: string) =>
    fetch(new URL(`/caldav/calendars/${me.user.id}/appointments/${made.id}.ics`, page.url()), {
      method,
      headers: { authorization, "content-type": "text/calendar" },
      ...(body ? { body } : {}),
    });
  const read = await ask("GET");
  expect(read.status).toBe(200);
  const text = await read.text();
  expect(text.replaceAll("\r\n ", "")).toContain(`SUMMARY:${subject}`);
  expect((await ask("PUT", text.replace("SUMMARY:", "SUMMARY:x"))).status).toBe(403);

  await entry.getByRole("button", { name: /撤\s*销/ }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /撤\s*销/ })
    .click();
  await expect(entry).toHaveCount(0);
  expect((await ask("GET")).status).toBe(401);
});
