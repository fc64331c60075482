import { createRecord } from "../support/api.ts";
import { choose, saved, toast, uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("the recycle bin shows what was deleted of every object, and gives it back", async ({ page }) => {
  const me = await signIn(page, "admin");
  const headers = { "X-CSRF-Token": me.csrf_token };
  const name = uniqueName("回收");
  const account = await createRecord(page, me, "account", { name: `${name}客户`, kind: "company" });
  const tag = await createRecord(page, me, "tag", { name: `${name}标签` });
  for (const [object, { id }] of [["account", account] as const, ["tag", tag] as const]) {
    expect((await page.request.delete(`/api/v1/records/${object}/${id}`, { headers })).status()).toBe(204);
  }
  await page.goto("/settings/recycle-bin");
  const main = page.getByRole("main");
  const rowOf = (text: string) => main.getByRole("row").filter({ hasText: text });
  await expect(rowOf(`${name}客户`)).toContainText("客户");
  await expect(rowOf(`${name}标签`)).toContainText("标签");
  const restored = saved(page, "POST", `/records/account/${account.id}/restore`);
  await rowOf(`${name}客户`).getByRole("button", { name: "恢复" }).click();
  await restored;
  await expect(toast(page, `“${name}客户”已恢复`)).toBeVisible();
  await expect(rowOf(`${name}客户`)).toHaveCount(0);

  // One object alone, and there for good.
  await page.getByRole("combobox", { name: "对象" }).click();
  await choose(page, /^标签$/);
  await rowOf(`${name}标签`).getByRole("button", { name: "彻底清除" }).click();
  const erased = saved(page, "DELETE", `/records/tag/${tag.id}`);
  await page.getByRole("dialog").getByRole("button", { name: "彻底清除" }).click();
  await erased;
  await expect(rowOf(`${name}标签`)).toHaveCount(0);
});
