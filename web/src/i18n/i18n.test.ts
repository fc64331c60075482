import i18next from "i18next";
import { describe, expect, it } from "vitest";
import { en } from "./en";
import { search as searchEn } from "./en/search";
import { lateEn } from "./en-late";
import { activateLateTexts, activateLocale, insideSentence } from "./i18n";
import { zhCN } from "./zh-CN";
import { search as searchZhCN } from "./zh-CN/search";
import { lateZhCN } from "./zh-CN-late";

function texts(node: object, prefix = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(node)) {
    const path = prefix ? `${prefix}.${key}` : key;
    if (typeof value === "string") found.set(path, value);
    else for (const [inner, text] of texts(value, path)) found.set(inner, text);
  }
  return found;
}

const chinese = texts({ ...zhCN, ...lateZhCN, search: searchZhCN });
const english = texts({ ...en, ...lateEn, search: searchEn });
const placeholders = (text: string) =>
  [...new Set([...text.matchAll(/{{(\w+)(?:, [^}]+)?}}/g)].map((match) => match[1]))].sort();

describe("names inside a sentence", () => {
  it.each([
    ["Account", "account"],
    ["Exam paper", "exam paper"],
    ["VIP card", "VIP card"],
    ["客户", "客户"],
    ["", ""],
  ])("%s: %s", (name, inside) => {
    expect(insideSentence(name)).toBe(inside);
  });
});

describe("numbers in English", () => {
  it("have the word that goes with them", async () => {
    await activateLocale("en");
    await activateLateTexts();
    const people = (n: string | number) => i18next.t("settings.departments.people", { n });
    expect([people(1), people("1"), people(0), people("1,001")]).toEqual([
      "1 person",
      "1 person",
      "0 people",
      "1,001 people",
    ]);
  });

  it("are never followed by a word that fits other numbers alone", () => {
    const counted =
      /{{(?:count|n|of|done|total|rows|columns|made|kept|most|max|min|seconds|minutes|hours|days)}} (\w+)/g;
    const plural = /^(?:are|were|have|people|(?!(?:as|is|has|was)$)\w+s)$/;
    for (const [key, text] of english) {
      const after = [...text.matchAll(counted)].map((match) => match[1] ?? "");
      expect(
        after.filter((word) => plural.test(word)),
        `${key}: ${text}`,
      ).toEqual([]);
    }
  });
});

describe("texts", () => {
  it("exist in both languages", () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
    expect(chinese.size).toBeGreaterThan(50);
  });

  it("are never empty", () => {
    for (const [key, text] of [...chinese, ...english]) expect(text.trim(), key).not.toBe("");
  });

  it("take the same values", () => {
    for (const [key, text] of chinese) expect(placeholders(english.get(key) ?? ""), key).toEqual(placeholders(text));
  });

  it("are really translated", () => {
    const allowed = new Set(["shell.switchLanguage"]);
    for (const [key, text] of english) {
      if (!allowed.has(key)) expect(/[\u4e00-\u9fff]/.test(text), `${key}: ${text}`).toBe(false);
    }
  });
});
