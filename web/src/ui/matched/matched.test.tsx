import { render } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { readVariants } from "./fold";
import { MatchedText } from "./matched-text";
import { readReadings } from "./pinyin";
import { tokensOf, wordsOf } from "./query";
import { excerpt, matchedRanges } from "./ranges";
import { READINGS } from "./readings";
import { VARIANTS } from "./variants";

const readings = readReadings(READINGS);
const variants = readVariants(VARIANTS);

/** The text with what is marked in brackets. */
function marked(text: string, query: string): string {
  let shown = "";
  let at = 0;
  for (const [from, to] of matchedRanges(text, tokensOf(query, variants), readings, variants)) {
    shown += `${text.slice(at, from)}[${text.slice(from, to)}]`;
    at = to;
  }
  return shown + text.slice(at);
}

describe("what was found is marked", () => {
  it.each([
    ["北京星河智能设备有限公司", "星河", "北京[星河]智能设备有限公司"],
    ["北京星河智能设备有限公司", "设备 星河", "北京[星河]智能[设备]有限公司"],
    ["北京星河智能设备有限公司", "星河智能", "北京[星河智能]设备有限公司"],
    ["星河 星", "星", "[星]河 [星]"],
    ["XingHe Ltd.", "xing", "[Xing]He Ltd."],
    ["XingHe Ltd.", "he", "XingHe Ltd."],
    ["ＸＩＮＧＨＥ 公司", "xinghe", "[ＸＩＮＧＨＥ] 公司"],
    ["xinghe", "ＸＩＮＧ", "[xing]he"],
    ["Jürgen Müller", "muller jurgen", "[Jürgen] [Müller]"],
    ["Strauße", "strausse", "[Strauße]"],
    ["O'Neil-Smith", "oneil", "[O'Neil]-Smith"],
    ["XH-2000A", "xh2000", "[XH-2000]A"],
    ["wei.wang@xinghe.example", "xinghe", "wei.wang@[xinghe].example"],
    ["𠮷野家", "野家", "𠮷[野家]"],
    ["張偉的客戶", "张伟", "[張偉]的客戶"],
    ["张伟", "張偉", "[张伟]"],
  ])("%s by %s", (text, query, shown) => expect(marked(text, query)).toBe(shown));

  it.each([
    ["张三", "zs", "[张三]"],
    ["张三", "zhangs", "[张三]"],
    ["张三", "zhang", "[张]三"],
    ["张三", "zha", "[张]三"],
    ["张三", "sz", "张三"],
    ["杭州张三丰", "zs", "杭州[张三]丰"],
    ["北京星河智能（集团）", "xhznjt", "北京[星河智能]（[集团]）"],
    ["重庆银行", "chongqingyinhang", "[重庆银行]"],
    ["单田芳", "shan", "[单]田芳"],
    ["单位", "danwei", "[单位]"],
    ["吕布", "lvbu", "[吕布]"],
    ["張三", "zhang", "[張]三"],
    ["王伟", "wang wei", "[王伟]"],
    ["星河KTV", "hektv", "星[河KTV]"],
    ["张三", "ＺＳ", "[张三]"],
  ])("by pinyin: %s by %s", (text, query, shown) => expect(marked(text, query)).toBe(shown));

  it.each([
    ["138 1234 5678", "13812345678", "[138 1234 5678]"],
    ["138 1234 5678", "34567", "138 12[34 567]8"],
    ["138-1234-5678", "1234 5678", "138-[1234-5678]"],
    ["138 1234 5678", "+86 138", "[138] 1234 5678"],
    ["138 1234 5678", "8613812345678", "[138 1234 5678]"],
    ["010 6552 9988", "010-6552 9988", "[010 6552 9988]"],
    ["+86 138 1234 5678", "1381", "+86 [138 1]234 5678"],
    ["138 1234 5678", "13", "[13]8 1234 5678"],
    ["138 1234 5678", "34", "138 1234 5678"],
    ["138 1234 5678", "8765", "138 1234 5678"],
    ["请打 138 1234 5678 找王工", "5678", "请打 138 1234 [5678] 找王工"],
    ["第 12 层", "12", "第 [12] 层"],
  ])("by digits: %s by %s", (text, query, shown) => expect(marked(text, query)).toBe(shown));

  it.each([
    ["138****5678", "138"],
    ["138****5678", "1385678"],
    ["138****5678", "5678"],
    ["王**", "wang"],
    ["w****@example.com", "example"],
    ["310****8515", "310"],
  ])("never in what is covered: %s by %s", (text, query) => expect(marked(text, query)).toBe(text));

  it("marks nothing for words that are not there, and stands any text", () => {
    expect(marked("", "星河")).toBe("");
    expect(marked("星河", "  !! ")).toBe("星河");
    expect(matchedRanges("1 ".repeat(100_000), tokensOf("1"), readings).length).toBeLessThan(2_000);
  });
});

describe("the words of a query", () => {
  it.each([
    ["object:商机 产线 is:open", "产线"],
    ["对象：客户 负责人：我", ""],
    ['产线 owner:"林 芳" “二期 改造”', "产线 二期 改造"],
    ["is:blue 12:30", "is:blue 12:30"],
    ["https://xinghe.example", "https://xinghe.example"],
    ['"open end', "open end"],
  ])("%s", (typed, words) => expect(wordsOf(typed)).toBe(words));
});

it("a long text is shown from near what was found", () => {
  const text = `${"一".repeat(60)}\n星河`;
  const [range] = matchedRanges(text, tokensOf("星河"), null);
  const shown = excerpt(text, range ? [range] : []);
  expect(shown.text).toBe(`…${"一".repeat(11)} 星河`);
  expect(shown.ranges.map(([from, to]) => shown.text.slice(from, to))).toEqual(["星河"]);
  expect(excerpt("星河", [[0, 2]])).toEqual({ text: "星河", ranges: [[0, 2]] });
});

it("a marked text reads as the text", () => {
  const { container } = render(<MatchedText text="北京星河公司" ranges={[[2, 4]]} />);
  expect(container).toHaveTextContent(/^北京星河公司$/);
  expect(container.querySelector("mark")).toHaveTextContent("星河");
});
