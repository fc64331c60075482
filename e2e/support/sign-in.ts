import { expect, type Page } from "@playwright/test";

/** The logins of the demo company, `ROLE@xinghe.example`. */
export const demoRoles = [
  "admin",
  "sales",
  "sales2",
  "salesmanager",
  "marketing",
  "service",
  "operator",
  "trainer",
  "analyst",
  "partner",
] as const;
export type DemoRole = (typeof demoRoles)[number];

export const demoPassword = "Guanxi-demo-2026";

export function demoEmail(role: DemoRole): string {
  return `${role}@xinghe.example`;
}

/** What the API answers to a sign-in, as far as tests need it. */
export interface Me {
  user: { id: string; email: string; name: string; roles: string[] };
  locale: string;
  csrf_token: string;
}

/**
 * Signs the page's browser context in through the API and opens `path`; without one the page stays empty, for a test
 * that first makes records of its own. The sign-in form has a test of its own; every other test begins here.
 */
export async function signIn(page: Page, role: DemoRole, path?: string): Promise<Me> {
  const answer = await page.request.post("/api/v1/auth/login", {
    data: { email: demoEmail(role), password: demoPassword },
  });
  expect(answer.status(), `sign-in as ${role}`).toBe(200);
  const me = (await answer.json()) as Me;
  if (path !== undefined) await page.goto(path);
  return me;
}
