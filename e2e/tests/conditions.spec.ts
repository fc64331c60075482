import { field } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("the condition of a rule is written with the fields at hand, and says how many records meet it", async ({
  page,
}) => {
  await signIn(page, "admin", "/o/score_rule/new");
  const condition = field(page, "condition");
  await condition.getByRole("textbox").fill("budget >");
  await expect(condition.getByRole("alert")).toBeVisible();
  await condition.getByRole("textbox").fill("");
  await condition.getByRole("button", { name: "插入字段…" }).click();
  await condition.getByRole("button", { name: /\sstatus$/ }).click();
  await condition.getByRole("textbox").press("End");
  await condition.getByRole("textbox").pressSequentially(" == 'new'");
  await expect(condition.getByRole("textbox")).toHaveValue("status == 'new'");
  await expect(condition).toContainText(/现在有 \d+\+? 条线索符合/);

  // Of another rule it is about what that rule is for.
  await page.goto("/o/assignment_rule/new");
  await field(page, "condition").getByRole("textbox").fill("has(company)");
  await expect(field(page, "condition")).toContainText(/条线索符合/);
});
