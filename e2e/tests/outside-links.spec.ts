import { expectAccessible } from "../support/accessibility.ts";
import { deleteRecord } from "../support/api.ts";
import { choose, field, personalise, uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("an administrator declares a link to another system, and those it is for find it in the navigation", async ({
  page,
}) => {
  const name = uniqueName("办公系统");
  const me = await signIn(page, "admin", "/o/navigation_link");
  await page.getByRole("link", { name: /^新建/ }).first().click();
  await field(page, "name").getByRole("textbox").fill(name);
  await field(page, "name_en").getByRole("textbox").fill(`Office ${name}`);
  await field(page, "url").getByRole("textbox").fill("http://oa.xinghe.example");
  await field(page, "roles").getByRole("combobox").fill("销售");
  await choose(page, /^销售$|^销售代表$/);
  await page.keyboard.press("Tab");
  const save = page.getByRole("button", { name: "保存", exact: true });
  await save.click();
  await expect(field(page, "url").getByText("网址须以 https:// 开头，请改用加密的地址")).toBeVisible();
  await field(page, "url").getByRole("textbox").fill("https://oa.xinghe.example/home");
  const making = page.waitForResponse((answer) => answer.request().method() === "POST" && answer.status() === 201);
  await save.click();
  const made = (await (await making).json()) as { id: string };
  // An administrator is no sales rep: he declares it, and is not led there.
  await page.goto("/home");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByRole("link", { name: `${name}（在新标签页打开）` })).toHaveCount(0);

  const sales = await signIn(page, "sales", "/home");
  const link = page.getByRole("region", { name: "其他系统" }).getByRole("link", { name: `${name}（在新标签页打开）` });
  await expect(link).toHaveAttribute("href", "https://oa.xinghe.example/home");
  await expect(link).toHaveAttribute("target", "_blank");
  await expect(link).toHaveAttribute("rel", /noopener/);
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: /搜索/ }).fill(name);
  await expect(page.getByRole("option", { name: new RegExp(name) })).toBeVisible();
  await page.keyboard.press("Escape");
  await personalise(page, sales, { locale: "en" });
  await page.reload();
  await expect(page.getByRole("region", { name: "Other systems" }).getByText(`Office ${name}`)).toBeVisible();
  await expectAccessible(page);
  await personalise(page, sales, { locale: "zh-CN" });

  await signIn(page, "marketing", "/home");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByText(name)).toHaveCount(0);
  const again = await signIn(page, "admin");
  await deleteRecord(page, again, "navigation_link", made.id);
  expect(me.user.roles).toContain("administrator");
});

test("who is no administrator declares no link", async ({ page }) => {
  const me = await signIn(page, "salesmanager");
  const answer = await page.request.post("/api/v1/records/navigation_link", {
    data: { name: "钓鱼", url: "https://evil.example" },
    headers: { "X-CSRF-Token": me.csrf_token },
  });
  expect(answer.status()).toBe(403);
});
