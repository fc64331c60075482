import { demoRoles, signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("the server is alive, ready, and serves the web app", async ({ page, request }) => {
  expect((await request.get("/healthz")).status()).toBe(200);
  expect((await request.get("/readyz")).status()).toBe(200);
  const answer = await page.goto("/");
  expect(answer?.status()).toBe(200);
  expect(answer?.headers()["content-type"]).toContain("text/html");
  await expect(page.locator("#root > *").first()).toBeVisible();
});

test("nobody reads records without signing in", async ({ request }) => {
  const answer = await request.get("/api/v1/records/account");
  expect(answer.status()).toBe(401);
  expect(answer.headers()["content-type"]).toContain("application/problem+json");
  expect((await answer.json()).code).toBe("not_signed_in");
});

test("every login of the demo company works", async ({ browser, baseURL }) => {
  for (const role of demoRoles) {
    const context = await browser.newContext({ baseURL });
    const page = await context.newPage();
    const me = await signIn(page, role);
    expect(me.user.email).toBe(`${role}@xinghe.example`);
    expect((await page.request.get("/api/v1/meta")).status()).toBe(200);
    await context.close();
  }
});
