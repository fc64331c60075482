import type { Locator, Page } from "@playwright/test";
import { waitUntilFound } from "../support/api.ts";
import { choose, field, saved, uniqueName } from "../support/screens.ts";
import { type Me, signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

const text = (label: string) => ({ "zh-CN": label, en: label });

/** An object with one field of each type whose input is more than a box, and its empty form. */
async function openForm(page: Page): Promise<{ me: Me; object: string }> {
  const me = await signIn(page, "admin");
  const object = uniqueName("inputs_");
  const option = (value: string, label: string) => ({ value, label: text(label), color: "blue" });
  const definition = {
    name: object,
    label: text("样表"),
    plural: text("样表"),
    title_field: "name",
    field: [
      { name: "name", type: "person_name", label: text("姓名"), required: true },
      { name: "price", type: "money", label: text("价格") },
      {
        name: "colors",
        type: "multi_select",
        label: text("颜色"),
        options: [option("red", "红"), option("blue", "蓝")],
      },
      { name: "story", type: "rich_text", label: text("经过") },
      { name: "paper", type: "file", label: text("附件") },
      { name: "photo", type: "image", label: text("照片") },
      { name: "tags", type: "tags", label: text("标签") },
      { name: "took", type: "duration", label: text("用时") },
      { name: "place", type: "geo", label: text("位置") },
      { name: "raw", type: "json", label: text("原始数据") },
    ],
    views: { list: [{ name: "all", label: text("全部"), columns: ["name", "price"] }] },
  };
  const made = await page.request.post("/api/v1/schema/apply", {
    data: { changes: [{ op: "add_object", object: definition }] },
    headers: { "X-CSRF-Token": me.csrf_token },
  });
  expect(made.ok(), await made.text()).toBe(true);
  await page.goto(`/o/${object}/new`);
  return { me, object };
}

/** Saves the form and answers what the server has of the record. */
async function save(page: Page, object: string): Promise<Record<string, unknown>> {
  const made = page.waitForResponse(
    // Not what the form asks while one types (`?dry_run=true`).
    (answer) => answer.request().method() === "POST" && answer.url().endsWith(`/records/${object}`),
  );
  await page.getByRole("button", { name: "保存", exact: true }).click();
  const answer = await made;
  expect(answer.status(), await answer.text()).toBe(201);
  const { id } = await answer.json();
  return await (await page.request.get(`/api/v1/records/${object}/${id}`)).json();
}

const box = (page: Page, name: string): Locator => field(page, name).getByRole("textbox");

/** A picture of one pixel. */
const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

test("money, choices, a length of time and a place are typed as people write them", async ({ page }) => {
  const { object } = await openForm(page);
  await box(page, "name").fill("欧阳小溪");
  const price = field(page, "price").getByRole("spinbutton");
  await price.fill("1234567.5");
  await price.blur();
  await expect(price).toHaveValue("1,234,567.5");

  await field(page, "colors").getByRole("combobox").click();
  await choose(page, "红");
  await choose(page, "蓝");
  await page.keyboard.press("Escape");
  await expect(field(page, "colors").locator(".ant-select-selection-item")).toHaveText(["红", "蓝"]);

  // What cannot be read stays as typed and says how it should look.
  await box(page, "took").fill("一会儿");
  await box(page, "place").fill("人民广场");
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await expect(field(page, "took")).toContainText("请按 1小时30分");
  await expect(field(page, "place")).toContainText("请按“纬度, 经度”的形式填写");
  await expect(box(page, "took")).toHaveValue("一会儿");
  await expect(box(page, "place")).toHaveValue("人民广场");
  await box(page, "took").fill("1小时30分");
  await box(page, "place").fill("31.2304，121.4737");
  await box(page, "place").blur();
  await expect(box(page, "took")).toHaveValue("1 小时 30 分钟");
  await expect(box(page, "place")).toHaveValue("31.2304, 121.4737");

  expect(await save(page, object)).toMatchObject({
    name: { family: "欧阳", given: "小溪" },
    price: { amount: "1234567.50" },
    colors: ["red", "blue"],
    took: 5400,
    place: { lat: 31.2304, lng: 121.4737 },
  });
  const main = page.getByRole("main");
  for (const shown of ["¥1,234,567.50", "红", "蓝", "1 小时 30 分钟"]) await expect(main).toContainText(shown);
});

test("where one is comes from the browser, and its refusal is said", async ({ page, context }) => {
  const { object } = await openForm(page);
  await box(page, "name").fill("王定位");
  const here = field(page, "place").getByRole("button", { name: "使用当前位置" });
  await here.click();
  await expect(field(page, "place").getByRole("alert")).toContainText("无法获取当前位置");
  await context.grantPermissions(["geolocation"]);
  await context.setGeolocation({ latitude: 22.5431, longitude: 114.0579 });
  await here.click();
  await expect(box(page, "place")).toHaveValue("22.5431, 114.0579");
  await expect(field(page, "place").getByRole("alert")).toHaveCount(0);
  expect(await save(page, object)).toMatchObject({ place: { lat: 22.5431, lng: 114.0579 } });
});

test("a name is told apart by hand where the server would guess otherwise", async ({ page }) => {
  const { object } = await openForm(page);
  await box(page, "name").fill("单于夫");
  await field(page, "name").getByRole("button", { name: "分开填写姓与名" }).click();
  await field(page, "name").getByRole("textbox", { name: "姓", exact: true }).fill("单");
  await field(page, "name").getByRole("textbox", { name: "名", exact: true }).fill("于夫");
  // And back: nothing is lost on the way.
  await field(page, "name").getByRole("button", { name: "合并填写" }).click();
  await expect(box(page, "name")).toHaveValue("单于夫");
  await field(page, "name").getByRole("button", { name: "分开填写姓与名" }).click();
  await field(page, "name").getByRole("textbox", { name: "姓", exact: true }).fill("单");
  await field(page, "name").getByRole("textbox", { name: "名", exact: true }).fill("于夫");
  expect(await save(page, object)).toMatchObject({ name: { family: "单", given: "于夫", full: "单于夫" } });
});

test("a text with its looks, a file and a picture, and tags", async ({ page }) => {
  const { object } = await openForm(page);
  await box(page, "name").fill("李附件");
  const story = field(page, "story");
  await story.getByRole("textbox").click();
  await story.getByRole("button", { name: "加粗" }).click();
  await page.keyboard.type("三号机停机");
  await page.keyboard.press("Enter");
  await story.getByRole("button", { name: "项目列表" }).click();
  await page.keyboard.type("换轴承");

  const uploaded = saved(page, "POST", "/files");
  await field(page, "paper")
    .locator("input[type=file]")
    .setInputFiles({ name: "检修单.txt", mimeType: "text/plain", buffer: Buffer.from("轴承 6204") });
  await uploaded;
  await expect(field(page, "paper")).toContainText("检修单.txt");
  // A picture is wanted there, and nothing else.
  const photo = field(page, "photo").locator("input[type=file]");
  await photo.setInputFiles({ name: "说明.txt", mimeType: "text/plain", buffer: Buffer.from("x") });
  await expect(field(page, "photo").getByRole("alert")).toContainText("请选择图片文件");
  await photo.setInputFiles({ name: "现场.png", mimeType: "image/png", buffer: PIXEL });
  await expect(field(page, "photo").getByRole("button", { name: "移除" })).toBeVisible();
  await expect(field(page, "photo").getByRole("alert")).toHaveCount(0);

  const tag = uniqueName("急件");
  const tags = field(page, "tags").getByRole("combobox");
  await tags.click();
  await tags.fill(tag);
  await page.getByRole("button", { name: `新建“${tag}”` }).click();
  const drawer = page.getByRole("dialog", { name: "新建标签" });
  await expect(drawer.locator('[data-field="name"]').getByRole("textbox")).toHaveValue(tag);
  const made = saved(page, "POST", "/records/tag");
  await page.keyboard.press("Control+Enter");
  await made;
  await expect(field(page, "tags")).toContainText(tag);
  await waitUntilFound(page, tag);

  const record = await save(page, object);
  expect(record).toMatchObject({ paper: { name: "检修单.txt" }, photo: { name: "现场.png" }, tags: [{ label: tag }] });
  expect(String(record.story)).toContain("<strong>三号机停机</strong>");
  expect(String(record.story)).toMatch(/<ul>.*换轴承.*<\/ul>/s);
  await expect(page.getByRole("main").locator("strong").filter({ hasText: "三号机停机" })).toBeVisible();
  const file = await page.request.get(`/api/v1/files/${(record.paper as { id: string }).id}`);
  expect(await file.text()).toBe("轴承 6204");
});

test("what is no JSON yet is never lost, and is not saved as something else", async ({ page }) => {
  const { object } = await openForm(page);
  await box(page, "name").fill("张数据");
  await box(page, "raw").fill('{"line": 3, "parts": [1, 2}');
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await expect(field(page, "raw").getByRole("alert")).toContainText("不是有效的 JSON");
  await expect(page).toHaveURL(/\/new/);
  // Half of it comes back as a draft, as it was typed.
  await page.reload();
  await expect(page.getByText("已恢复上次未保存的内容")).toBeVisible();
  await expect(box(page, "raw")).toHaveValue('{"line": 3, "parts": [1, 2}');
  await box(page, "raw").fill('{"line": 3, "parts": [1, 2]}');
  await expect(field(page, "raw").getByRole("alert")).toHaveCount(0);
  expect(await save(page, object)).toMatchObject({ raw: { line: 3, parts: [1, 2] } });
});
