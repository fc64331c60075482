import { describe, expect, it } from "vitest";
import { fieldMeta } from "@/api/fixtures";
import type { FieldMeta, FieldType, FieldValue } from "@/api/types";
import { createFormats } from "@/i18n/formats";
import { addressText } from "./address/text";
import { checkValue } from "./check";
import { durationText, readDuration } from "./duration/text";
import { sizeText } from "./file/text";
import { readPoint } from "./geo/text";
import { readJson, unreadText } from "./json/unread";
import { phoneText } from "./phone/text";
import { fieldKind, fieldRegistry } from "./registry";
import { htmlToText, isBlankHtml, textToHtml } from "./rich-text/plain";
import { toWire } from "./values";

const field = (type: FieldType, more: Partial<FieldMeta> = {}): FieldMeta =>
  fieldMeta("field", type, { label: { "zh-CN": "字段", en: "Field" }, ...more });

const zh = createFormats("zh-CN", "Asia/Shanghai", "CNY");
const en = createFormats("en", "Asia/Shanghai", "CNY");

describe("values as text", () => {
  it.each<[FieldType, FieldValue, string]>([
    ["text", "星河", "星河"],
    ["rich_text", "<p>一</p><p>二 &amp; 三</p>", "一 二 & 三"],
    ["number", 1234567, "1,234,567"],
    ["decimal", "12345678901234567890.12", "12,345,678,901,234,567,890.12"],
    ["percent", "12.50", "12.5%"],
    ["money", { amount: "1200.00", currency: "CNY" }, "¥1,200"],
    ["boolean", true, "是"],
    ["date", "2026-11-22", "2026/11/22"],
    ["datetime", "2026-11-22T18:30:00Z", "2026/11/23 02:30"],
    ["duration", 5400, "1 小时 30 分钟"],
    ["phone", "+8613812345678", "138 1234 5678"],
    [
      "address",
      { country: "CN", province: "上海市", city: "上海市", district: "浦东新区", street: "世纪大道1号" },
      "上海市浦东新区世纪大道1号",
    ],
    ["person_name", { full: "欧阳娜娜", family: "欧阳", given: "娜娜" }, "欧阳娜娜"],
    ["reference", { id: "1", label: "星河" }, "星河"],
    [
      "tags",
      [
        { id: "1", label: "VIP" },
        { id: "2", label: "华东" },
      ],
      "VIP, 华东",
    ],
    ["file", { id: "1", name: "合同.pdf", size: 3, content_type: "application/pdf" }, "合同.pdf"],
    ["geo", { lat: 31.2304, lng: 121.4737 }, "31.2304, 121.4737"],
  ])("%s", (type, value, shown) => {
    expect(fieldKind(field(type)).toText(value, field(type), zh)).toBe(shown);
  });

  it("draws a formula as what it results in", () => {
    expect(fieldKind({ type: "formula", result: "duration" })).toBe(fieldRegistry.duration);
    expect(fieldKind({ type: "rollup", result: "datetime" })).toBe(fieldRegistry.datetime);
  });

  it("writes phone numbers as the server does", () => {
    expect(phoneText("+861065529988", "zh-CN")).toBe("010-6552 9988");
    expect(phoneText("+8657187654321", "zh-CN")).toBe("0571-8765 4321");
    expect(phoneText("+868986654321", "zh-CN")).toBe("0898-665 4321");
    expect(phoneText("+864008108888", "zh-CN")).toBe("400 810 8888");
    expect(phoneText("+861065529988;ext=12", "zh-CN")).toBe("010-6552 9988 转 12");
    expect(phoneText("+861065529988;ext=12", "en")).toBe("010-6552 9988 ext. 12");
    expect(phoneText("+12125550123", "zh-CN")).toBe("+1 (212) 555-0123");
    expect(phoneText("138 1234", "zh-CN")).toBe("138 1234");
  });

  it("writes a foreign address from small to large", () => {
    expect(addressText({ country: "GB", city: "London", street: "221B Baker Street", postcode: "NW1 6XE" })).toBe(
      "221B Baker Street, London, NW1 6XE, GB",
    );
    expect(addressText("深圳市南山区")).toBe("深圳市南山区");
  });

  it("tells file sizes", () => {
    expect(sizeText(1536, en.number)).toBe("1.5 kB");
    expect(sizeText(12, en.number)).toBe("12 B");
  });
});

describe("what people type", () => {
  it.each([
    ["1h30m", 5400],
    ["1小时30分钟", 5400],
    ["1:30", 5400],
    ["1.5h", 5400],
    ["90", 5400],
    ["2天", 172_800],
    ["soon", null],
    ["1 parsec", null],
    ["", null],
  ])("reads the duration %s", (text, seconds) => expect(readDuration(text)).toBe(seconds));

  it("reads back every duration it writes", () => {
    for (const seconds of [60, 5400, 90_061, 604_800]) {
      for (const locale of ["zh-CN", "en"] as const) expect(readDuration(durationText(seconds, locale))).toBe(seconds);
    }
  });

  it("reads points on earth only", () => {
    expect(readPoint("31.2304, 121.4737")).toEqual({ lat: 31.2304, lng: 121.4737 });
    expect(readPoint("31.2304，121.4737")).toEqual({ lat: 31.2304, lng: 121.4737 });
    expect(readPoint("91, 0")).toBeNull();
    expect(readPoint("north")).toBeNull();
  });

  it("keeps what is not JSON yet as it was typed", () => {
    expect(readJson("  ")).toBeNull();
    expect(readJson("[1, 2]")).toEqual([1, 2]);
    expect(unreadText(readJson("[1, 2"))).toBe("[1, 2");
    expect(unreadText({ "!unread": 1 })).toBeNull();
    expect(unreadText("text")).toBeNull();
  });

  it("turns plain text to HTML and back", () => {
    const text = "第一行 <b>&\n第二行";
    expect(htmlToText(textToHtml(text))).toBe(text);
    expect(isBlankHtml("<p></p>")).toBe(true);
    expect(isBlankHtml("<p>x</p>")).toBe(false);
  });

  it("sends references and files as their id", () => {
    expect(toWire({ id: "1", label: "星河" })).toBe("1");
    expect(toWire([{ id: "1", label: null }])).toEqual(["1"]);
    expect(toWire({ id: "1", name: "a.pdf", size: 3, content_type: "application/pdf" })).toBe("1");
    expect(toWire({ amount: "1", currency: "CNY" })).toEqual({ amount: "1", currency: "CNY" });
    expect(toWire(undefined)).toBeNull();
  });
});

describe("checks while typing", () => {
  const code = (type: FieldType, value: FieldValue, more: Partial<FieldMeta> = {}, required = false) =>
    checkValue(field(type, more), value, required)?.code ?? null;

  it("asks for what is required, blanks and empty markup not being anything", () => {
    expect(code("text", null, {}, true)).toBe("required");
    expect(code("text", "  ", {}, true)).toBe("required");
    expect(code("rich_text", "<p></p>", {}, true)).toBe("required");
    expect(code("tags", [], {}, true)).toBe("required");
    expect(code("boolean", false, {}, true)).toBeNull();
    expect(code("number", 0, {}, true)).toBeNull();
    expect(code("text", null)).toBeNull();
  });

  it("counts characters, not code units", () => {
    expect(code("text", "😀😀", { max_length: 2 })).toBeNull();
    expect(code("text", "abc", { max_length: 2 })).toBe("too_long");
  });

  it("keeps ranges", () => {
    expect(code("percent", "101", { max: 100 })).toBe("too_large");
    expect(code("money", { amount: "-1", currency: "CNY" }, { min: 0 })).toBe("too_small");
    expect(code("number", 5, { min: 0, max: 5 })).toBeNull();
    expect(code("decimal", "12,5")).toBe("bad_number");
  });

  it("knows the forms", () => {
    expect(code("email", "a@b.cn")).toBeNull();
    expect(code("email", "a@b")).toBe("bad_email");
    expect(code("phone", "010-65529988转8001")).toBeNull();
    expect(code("phone", "给他打电话")).toBe("bad_phone");
    expect(code("url", "example.com/x")).toBeNull();
    expect(code("url", "no address")).toBe("bad_url");
    expect(code("text", "abc", { pattern: "^\\d+$" })).toBe("bad_format");
    expect(code("text", "12", { pattern: "^\\d+$" })).toBeNull();
    expect(code("duration", "soon")).toBe("bad_duration");
    expect(code("geo", "north")).toBe("bad_geo");
    expect(code("json", readJson('{"a": 1}'))).toBeNull();
    expect(code("json", readJson('"text"'))).toBeNull();
    expect(code("json", readJson("{ a"))).toBe("bad_json");
  });
});
