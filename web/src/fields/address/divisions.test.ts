import { describe, expect, it } from "vitest";
import type { Division } from "@/api/types";
import { isPathMeant, looksLikeLine, optionsAt, pathOf, searchDivisions, toOption } from "./divisions";

const division = (
  name: string,
  level: Division["level"],
  pinyin: string,
  code: string,
  items?: Division[],
): Division => ({ name, level, pinyin, code, ...(items ? { items } : {}) });

const options = [
  division("广东省", "province", "guang dong sheng", "44", [
    division("深圳市", "city", "shen zhen shi", "4403", [
      division("南山区", "district", "nan shan qu", "440305"),
      division("福田区", "district", "fu tian qu", "440304"),
    ]),
    division("东莞市", "city", "dong guan shi", "4419", [division("东莞市", "district", "dong guan shi", "441900")]),
  ]),
  division("上海市", "province", "shang hai shi", "31", [
    division("上海市", "city", "shang hai shi", "3101", [division("浦东新区", "district", "pu dong xin qu", "310115")]),
  ]),
  division("河南省", "province", "he nan sheng", "41", [
    division("商丘市", "city", "shang qiu shi", "4114", [
      division("河南商丘经济开发区", "district", "he nan shang qiu jing ji kai fa qu", "411471"),
    ]),
  ]),
  division("黑龙江省", "province", "hei long jiang sheng", "23", [
    division("鹤岗市", "city", "he gang shi", "2304", [division("南山区", "district", "nan shan qu", "230404")]),
  ]),
].map(toOption);

const found = (typed: string) =>
  searchDivisions(options, typed, 20).map((way) => way.map((option) => option.label).join("/"));

describe("the divisions offered", () => {
  it("do not ask for the same name twice", () => {
    const shanghai = options[1];
    expect(shanghai?.children?.map((child) => child.label)).toEqual(["浦东新区"]);
    expect(shanghai?.settles).toEqual({ province: "上海市", city: "上海市" });
    const dongguan = options[0]?.children?.[1];
    expect(dongguan?.children).toBeUndefined();
    expect(dongguan?.settles).toEqual({ city: "东莞市", district: "东莞市" });
    expect(dongguan?.code, "its streets hang below the district").toBe("441900");
  });

  it("are reached from an address", () => {
    const way = (address: Parameters<typeof pathOf>[0]) => pathOf(address);
    expect(way({ province: "上海市", city: "上海市", district: "浦东新区" })).toEqual(["上海市", "浦东新区"]);
    expect(way({ province: "广东省", city: "东莞市", district: "东莞市" })).toEqual(["广东省", "东莞市"]);
    expect(way({ province: null, city: "深圳市" })).toEqual(["深圳市"]);
    expect(optionsAt(options, ["广东省", "深圳市", "南山区"]).at(-1)?.code).toBe("440305");
    expect(optionsAt(options, ["广东省", "某地"])).toHaveLength(1);
  });
});

describe("finding a division", () => {
  it.each([
    ["南山", ["广东省/深圳市/南山区", "黑龙江省/鹤岗市/南山区"]],
    ["nanshan", ["广东省/深圳市/南山区", "黑龙江省/鹤岗市/南山区"]],
    ["NSQ", ["广东省/深圳市/南山区", "黑龙江省/鹤岗市/南山区"]],
    ["深圳 nanshan", ["广东省/深圳市/南山区"]],
    ["nanshan shenzhen", ["广东省/深圳市/南山区"]],
    ["深圳南山", ["广东省/深圳市/南山区"]],
    ["广东省深圳市南山区", ["广东省/深圳市/南山区"]],
    ["shenzhen", ["广东省/深圳市"]],
    ["dongguan", ["广东省/东莞市"]],
    ["shangqiujin", []],
    ["shangqiu jingji", ["河南省/商丘市/河南商丘经济开发区"]],
    ["xyz", []],
    ["  ", []],
  ])("%s", (typed, expected) => {
    expect(found(typed)).toEqual(expected);
  });

  it("wants the last name to be meant, not only one above it", () => {
    const path = optionsAt(options, ["广东省", "深圳市", "福田区"]);
    expect(isPathMeant(path, "广东")).toBe(false);
    expect(isPathMeant(path.slice(0, 1), "广东")).toBe(true);
  });
});

describe("a whole line", () => {
  it.each([
    ["广东省深圳市南山区科技园南路1号", true],
    ["上海市浦东新区世纪大道100号", true],
    ["杭州市西湖区文三路", true],
    ["科技园南路1号", false],
    ["221B Baker Street", false],
    ["", false],
  ])("%s: %s", (text, expected) => {
    expect(looksLikeLine(text)).toBe(expected);
  });
});
