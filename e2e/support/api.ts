import { expect, type Page } from "@playwright/test";
import type { Me } from "./sign-in.ts";

/** A record as the API answers it. */
export interface ApiRecord {
  id: string;
  version: number;
  [field: string]: unknown;
}

/** Creates a record as the signed-in user, for a test that needs one of its own. */
export async function createRecord(
  page: Page,
  me: Me,
  object: string,
  values: Record<string, unknown>,
): Promise<ApiRecord> {
  const answer = await page.request.post(`/api/v1/records/${object}`, {
    data: values,
    headers: { "X-CSRF-Token": me.csrf_token },
  });
  expect(answer.status(), `create ${object}: ${await answer.text()}`).toBe(201);
  return (await answer.json()) as ApiRecord;
}
