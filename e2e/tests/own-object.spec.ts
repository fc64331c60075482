import { choose, field, row, saved, toast, uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

test("an object of one's own is made by hand, given a field, and used at once", async ({ page }) => {
  await signIn(page, "admin", "/settings/objects");
  const word = uniqueName("设备");
  const name = word.replace("设备", "machine_");
  const plan = page.getByRole("dialog").filter({ has: page.getByRole("button", { name: /应\s*用/ }) });
  const apply = async () => {
    const applied = saved(page, "POST", "/schema/apply");
    await plan.getByRole("button", { name: /应\s*用/ }).click();
    await applied;
  };

  await page.getByRole("button", { name: "新建对象" }).click();
  const drawer = page.getByRole("dialog", { name: "新建对象" });
  // Nothing is said: what is missing is told at its field.
  await drawer.getByRole("button", { name: "检查并预览" }).click();
  await expect(drawer).toContainText("请至少填写一种语言的名称");
  await expect(drawer).toContainText("请填写内部名称");

  await drawer.getByLabel("对象名称（中文）").fill(word);
  await drawer.getByLabel("对象名称（英文）").fill(name);
  await expect(drawer.locator("#object-name")).toHaveValue(name);
  // A name that is taken is refused before anything is sent.
  await drawer.locator("#object-name").fill("account");
  await expect(drawer).toContainText("已有同名的");
  await drawer.locator("#object-name").fill(name);
  await drawer.getByLabel("标题字段的名称（中文）").fill("设备名称");
  await drawer.getByRole("button", { name: "检查并预览" }).click();
  await expect(plan).toContainText(`将新建对象“${word}”`);
  await apply();
  await expect(page).toHaveURL(new RegExp(`/settings/objects/${name}$`));
  await expect(page.getByRole("heading", { level: 1 })).toContainText(word);

  await page.getByRole("button", { name: "新建字段" }).click();
  const fieldDrawer = page.locator(".ant-drawer-section").filter({ hasText: "内部名称" });
  await fieldDrawer.getByLabel("显示名称（中文）").fill("采购价");
  await fieldDrawer.locator("#field-type").click();
  await choose(page, "金额");
  await fieldDrawer.locator("#field-name").fill("price");
  await fieldDrawer.getByRole("button", { name: "检查并预览" }).click();
  await apply();
  await expect(fieldDrawer).toBeHidden();

  // In the navigation, the form and the list, without a reload in between.
  await page.getByRole("navigation").getByRole("link", { name: word, exact: true }).click();
  await expect(page.getByText(`还没有${word}`)).toBeVisible();
  await page
    .getByRole("link", { name: `新建${word}` })
    .first()
    .click();
  const form = page.getByRole("dialog", { name: `新建${word}` });
  await expect(form.locator('[data-field="name"]')).toContainText("设备名称");
  await form.locator('[data-field="name"]').getByRole("textbox").fill("离心机");
  await form.locator('[data-field="price"]').getByRole("spinbutton").fill("128000");
  const made = saved(page, "POST", `/records/${name}`);
  await page.keyboard.press("Control+Enter");
  await made;
  await toast(page, "离心机")
    .getByRole("button", { name: /打\s*开/ })
    .click();
  await expect(page.getByRole("heading", { level: 1, name: "离心机" })).toBeVisible();
  await expect(page.getByRole("main")).toContainText("¥128,000");
  await page.goto(`/o/${name}`);
  await expect(row(page, "离心机")).toHaveCount(1);

  // Changed afterwards by its own page, and gone with an explicit yes.
  await page.goto(`/settings/objects/${name}`);
  await page.getByRole("button", { name: "删除对象" }).click();
  await expect(plan).toContainText("1 条记录");
  await plan.getByRole("checkbox", { name: /我确认丢弃/ }).check();
  const removed = saved(page, "POST", "/schema/apply");
  await plan.getByRole("button", { name: "丢弃数据并应用" }).click();
  await removed;
  await expect(page).toHaveURL(/\/settings\/objects$/);
  await expect(page.getByRole("link", { name: word })).toHaveCount(0);
  expect(await field(page, "price").count()).toBe(0);
});
