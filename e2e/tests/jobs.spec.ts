import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { saved, toast } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("a job given up is shown with its reason, and done when it is tried again", async ({ page, server }) => {
  // Eight failed tries take the better part of an hour; the row they leave is put there as it would be.
  const reason = "no answer from the disk";
  const id = "ffffffff-ffff-7fff-bfff-ffffffffffff";
  execFileSync("sqlite3", [
    join(server.dataFolder, "guanxi.db"),
    `PRAGMA busy_timeout = 5000;
     INSERT INTO gx_job (id, kind, payload, state, run_at, attempts, max_attempts, last_error, created_at, finished_at, actor)
     VALUES (x'${id.replaceAll("-", "")}', 'import.tidy', '{}', 'dead', 0, 8, 8, '${reason}', 0, 0, zeroblob(16));`,
  ]);
  await signIn(page, "admin", "/settings/jobs");
  await page.getByRole("radiogroup", { name: "状态" }).getByText("失败").click();
  const given = page.getByRole("row").filter({ hasText: reason });
  await expect(given).toHaveCount(1);
  await expect(given).toContainText("8 / 8");
  const retried = saved(page, "POST", "/retry");
  await given.getByRole("button", { name: /重\s*试/ }).click();
  await retried;
  await expect(toast(page, "已")).toBeVisible();
  await expect(given).toHaveCount(0);

  // It is the same job, at the first try of a new round, and this time it is done.
  const again = async () => {
    const { items } = await (await page.request.get("/api/v1/jobs", { params: { limit: 200 } })).json();
    const { state, attempts, last_error } = items.find((job: { id: string }) => job.id === id);
    return { state, attempts, last_error };
  };
  await expect.poll(again, { timeout: 30_000 }).toEqual({ state: "done", attempts: 1, last_error: null });
  await page.getByRole("radiogroup", { name: "状态" }).getByText("完成").click();
  await expect(page.getByRole("row").filter({ hasText: "import.tidy" }).first()).toContainText("完成");
});

test("what was given up of a kind is found among the others and tried again together", async ({ page, server }) => {
  const rows = ["eeeeeeee-eeee-7eee-beee-eeeeeeeeee01", "eeeeeeee-eeee-7eee-beee-eeeeeeeeee02"].map(
    (id) => `(x'${id.replaceAll("-", "")}', 'export.tidy', '{}', 'dead', 0, 8, 8, 'no room', 0, 0, zeroblob(16))`,
  );
  execFileSync("sqlite3", [
    join(server.dataFolder, "guanxi.db"),
    `PRAGMA busy_timeout = 5000;
     INSERT INTO gx_job (id, kind, payload, state, run_at, attempts, max_attempts, last_error, created_at, finished_at, actor)
     VALUES ${rows.join(", ")};`,
  ]);
  await signIn(page, "admin", "/settings/jobs");
  await page.getByRole("radiogroup", { name: "状态" }).getByText("失败").click();
  await page.getByRole("combobox", { name: "任务" }).click();
  await page.getByRole("combobox", { name: "任务" }).fill("清理过期的导出");
  await page.keyboard.press("Enter");
  const given = page.getByRole("row").filter({ hasText: "no room" });
  await expect(given).toHaveCount(2);
  await page.getByRole("button", { name: "全部重试" }).click();
  const dialog = page.getByRole("dialog", { name: "重试这一类的全部失败任务？" });
  await dialog.getByRole("button", { name: "全部重试" }).click();
  await expect(toast(page, "2 个任务已重新排队")).toBeVisible();
  await expect(given).toHaveCount(0);
});
