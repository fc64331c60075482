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

/** Waits until a search finds what was just written: the index of words follows the writing, it does not hold it up. */
export async function waitUntilFound(page: Page, words: string): Promise<void> {
  const find = async () => {
    const answer = await page.request.get("/api/v1/search", { params: { q: words } });
    return ((await answer.json()) as { items: unknown[] }).items.length;
  };
  // What another test imports or takes back by the thousand stands before it in the index.
  await expect.poll(find, { message: `search finds ${words}`, timeout: 90_000 }).toBeGreaterThan(0);
}

/** Changes a record as the signed-in user. */
export async function changeRecord(
  page: Page,
  me: Me,
  object: string,
  id: string,
  values: Record<string, unknown>,
): Promise<ApiRecord> {
  const answer = await page.request.patch(`/api/v1/records/${object}/${id}`, {
    data: values,
    headers: { "X-CSRF-Token": me.csrf_token },
  });
  expect(answer.status(), `change ${object}: ${await answer.text()}`).toBe(200);
  return (await answer.json()) as ApiRecord;
}

/** Deletes a record as the signed-in user. */
export async function deleteRecord(page: Page, me: Me, object: string, id: string): Promise<void> {
  const answer = await page.request.delete(`/api/v1/records/${object}/${id}`, {
    headers: { "X-CSRF-Token": me.csrf_token },
  });
  expect(answer.status(), `delete ${object}: ${await answer.text()}`).toBe(204);
}

/** The address of the list with these records in it and no others. */
export function listOf(object: string, ...records: ApiRecord[]): string {
  const filter = `id in [${records.map((record) => `'${record.id}'`).join(", ")}]`;
  return `/o/${object}?view=all&filter=${encodeURIComponent(filter)}`;
}
