import { once } from "node:events";
import { createServer } from "node:http";
import type { Page } from "@playwright/test";
import { expectAccessible } from "../support/accessibility.ts";
import { type ApiRecord, createRecord } from "../support/api.ts";
import { uniqueName } from "../support/screens.ts";
import { signIn } from "../support/sign-in.ts";
import { expect, test } from "../support/test.ts";

/** A website of somebody else with a page that has this in it, until the test ends. */
async function website(content: () => string) {
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(`<!doctype html><title>官网</title><h1>官网</h1>${content()}`);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const place = server.address();
  if (place === null || typeof place === "string") throw new Error("no port");
  return { url: `http://127.0.0.1:${place.port}`, close: () => server.close() };
}

/** A form that the marketer made, and somebody outside with its page open. */
async function formOf(page: Page, more: object = {}): Promise<ApiRecord> {
  const me = await signIn(page, "admin");
  return createRecord(page, me, "web_form", {
    name: uniqueName("表单"),
    title: "预约产品演示",
    intro: "留下联系方式，我们会尽快与您联系。",
    fields: [
      { field: "name", required: true },
      { field: "mobile", required: true, label: "联系电话" },
      { field: "company" },
      { field: "purchase_time" },
      { field: "need" },
    ],
    purpose: "与您联系并介绍产品",
    consent_text: "我已阅读并同意隐私政策，同意贵公司处理上述信息。",
    language: "zh_cn",
    success_message: "谢谢，我们会在一个工作日内联系您。",
    ...more,
  });
}

const pathOf = (form: ApiRecord) => `/f/${form.key}`;

test("a visitor without script mends what is wrong, agrees, and becomes a lead", async ({ page, browser, server }) => {
  const form = await formOf(page);
  const context = await browser.newContext({
    baseURL: server.url,
    javaScriptEnabled: false,
    locale: "zh-CN",
    viewport: { width: 390, height: 844 },
  });
  const visitor = await context.newPage();
  await visitor.goto(pathOf(form));
  const opened = Date.now();
  await expect(visitor.getByRole("heading", { name: "预约产品演示" })).toBeVisible();
  const width = await visitor.locator("html").evaluate((it) => it.scrollWidth);
  expect(width, "nothing is wider than the telephone").toBeLessThanOrEqual(390);
  const name = uniqueName("访客");
  await visitor.getByLabel("联系人姓名").fill(name);
  await visitor.getByLabel("联系电话").fill("12");
  await visitor.getByLabel("计划采购时间").selectOption({ label: "1 个月内" });
  await visitor.getByLabel("需求描述").fill("两条灌装线");
  await visitor.getByRole("checkbox").check();
  await visitor.getByRole("button", { name: "提交" }).click();

  await expect(visitor).toHaveTitle("有误: 预约产品演示");
  await expect(visitor.getByRole("alert").getByRole("link", { name: /^联系电话/ })).toBeVisible();
  await expect(visitor.getByLabel("联系人姓名")).toHaveValue(name);
  await expect(visitor.getByLabel("计划采购时间")).toHaveValue("within_month");
  await expect(visitor.getByLabel("需求描述")).toHaveValue("两条灌装线");
  await expect(visitor.getByRole("checkbox")).toBeChecked();
  // Nobody fills in a form within three seconds; whoever does waits for review.
  await expect.poll(() => Date.now() - opened).toBeGreaterThan(3_500);
  await visitor.getByLabel("联系电话").fill("13812345678");
  await visitor.getByRole("button", { name: "提交" }).click();
  await expect(visitor.getByRole("heading", { name: "已提交" })).toBeVisible();
  await expect(visitor.getByText("谢谢，我们会在一个工作日内联系您。")).toBeVisible();

  const answer = await page.request.get("/api/v1/records/web_form_submission", {
    params: { filter: `form == '${form.id}'` },
  });
  const { items } = (await answer.json()) as { items: ApiRecord[] };
  expect(items.map((it) => [it.state, it.name])).toEqual([["accepted", name]]);
  await context.close();
});

test("the page is accessible, empty and with its errors, light and dark", async ({ page, browser, server }) => {
  const form = await formOf(page);
  for (const colorScheme of ["light", "dark"] as const) {
    const context = await browser.newContext({ baseURL: server.url, locale: "zh-CN", colorScheme });
    const visitor = await context.newPage();
    await visitor.goto(pathOf(form));
    await expectAccessible(visitor);
    await visitor.getByLabel("联系人姓名").fill("王小明");
    await visitor.getByLabel("联系电话").fill("1");
    await visitor.getByRole("checkbox").check();
    await visitor.getByRole("button", { name: "提交" }).click();
    await expect(visitor.getByRole("alert")).toBeVisible();
    await expectAccessible(visitor);
    await context.close();
  }
});

test("a website that the form names shows it in a frame, and no other does", async ({ page, server }) => {
  let frames = "";
  const [named, other] = [await website(() => frames), await website(() => frames)];
  const form = await formOf(page, { allowed_origins: named.url });
  frames = `<iframe src="${server.url}${pathOf(form)}" width="600" height="900"></iframe>`;

  await page.goto(named.url);
  const frame = page.frameLocator("iframe");
  await expect(frame.getByRole("heading", { name: "预约产品演示" })).toBeVisible();
  await frame.getByLabel("联系人姓名").fill(uniqueName("访客"));
  await frame.getByLabel("联系电话").fill("13812345678");
  await frame.getByRole("checkbox").check();
  await frame.getByRole("button", { name: "提交" }).click();
  await expect(frame.getByRole("heading", { name: "已提交" })).toBeVisible();

  await page.goto(other.url);
  await expect(page.getByRole("heading", { name: "官网" })).toBeVisible();
  await expect
    .poll(() => page.frames()[1]?.url(), { message: "the browser shows nothing in its frame" })
    .toMatch(/^chrome-error:/);
  named.close();
  other.close();
});

test("pasted code brings along by which link the visitor came", async ({ page, server }) => {
  let code = "";
  const before = await website(
    () => `<a href="${named.url}/landing?utm_source=baidu&utm_medium=cpc&utm_term=机械臂&q=x">广告</a>`,
  );
  const named = await website(() => code);
  const form = await formOf(page, { allowed_origins: named.url });
  const csrf = ((await (await page.request.get("/api/v1/me")).json()) as { csrf_token: string }).csrf_token;
  const told = await page.request.post(`/api/v1/records/web_form/${form.id}/actions/embed`, {
    data: {},
    headers: { "x-csrf-token": csrf },
  });
  const embed = (await told.json()) as { url: string; iframe: string; form: string };
  const absolute = (text: string) => text.replaceAll(`"${embed.url}"`, `"${new URL(embed.url, server.url).href}"`);
  const sentAs = async (name: string) => {
    const answer = await page.request.get("/api/v1/records/lead", { params: { filter: `name == '${name}'` } });
    return ((await answer.json()) as { items: ApiRecord[] }).items.map((it) => [
      it.utm_source,
      it.utm_term,
      it.referrer,
    ]);
  };
  const said = [["baidu", "机械臂", `${before.url}/`]];

  code = absolute(embed.iframe);
  await page.goto(before.url);
  await page.getByRole("link", { name: "广告" }).click();
  const frame = page.frameLocator("iframe");
  const opened = Date.now();
  const framed = uniqueName("访客");
  await frame.getByLabel("联系人姓名").fill(framed);
  await frame.getByLabel("联系电话").fill("13812345671");
  await frame.getByRole("checkbox").check();
  await expect.poll(() => Date.now() - opened).toBeGreaterThan(3_500);
  await frame.getByRole("button", { name: "提交" }).click();
  await expect(frame.getByRole("heading", { name: "已提交" })).toBeVisible();
  expect(await sentAs(framed)).toEqual(said);

  // The plain form leads to the form's own page, which asks to confirm and keeps the link.
  code = absolute(embed.form);
  await page.goto(before.url);
  await page.getByRole("link", { name: "广告" }).click();
  const plain = uniqueName("访客");
  await page.getByLabel("联系人姓名").fill(plain);
  await page.getByLabel("联系电话").fill("13812345672");
  await page.getByRole("checkbox").check();
  await page.getByRole("button", { name: "提交" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  const asked = Date.now();
  await page.getByRole("checkbox").check();
  await expect.poll(() => Date.now() - asked).toBeGreaterThan(2_500);
  await page.getByRole("button", { name: "提交" }).click();
  await expect(page.getByRole("heading", { name: "已提交" })).toBeVisible();
  expect(await sentAs(plain)).toEqual(said);
  before.close();
  named.close();
});
