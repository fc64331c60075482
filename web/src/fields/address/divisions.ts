import { queryOptions } from "@tanstack/react-query";
import { listDivisions } from "@/api/addresses";
import { queryKeys } from "@/api/query-keys";
import type { Address, Division } from "@/api/types";

/** A division as the picker offers it; levels that only repeat the name above are folded into it. */
export interface DivisionOption {
  /** The name: unique among its siblings, and what an address holds. */
  value: string;
  label: string;
  /** The parts of an address this choice settles. */
  settles: Partial<Record<"province" | "city" | "district", string>>;
  /** Below it stand the streets, where it is the last level. */
  code: string;
  syllables: string[];
  children?: DivisionOption[];
}

/** From provinces down to districts, once: it fits into one answer, and searching it needs no further ones. */
export const divisionsOptions = queryOptions({
  queryKey: queryKeys.divisions(),
  queryFn: async ({ signal }) => (await listDivisions({ depth: 3 }, signal)).map(toOption),
  staleTime: Number.POSITIVE_INFINITY,
});

export const streetsOptions = (code: string | null) =>
  queryOptions({
    queryKey: queryKeys.divisions(code ?? ""),
    queryFn: async ({ signal }) => (await listDivisions(code ? { parent: code } : {}, signal)).map(toOption),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: code !== null,
  });

export function toOption(division: Division): DivisionOption {
  const { code, name, level, pinyin, items = [] } = division;
  const option: DivisionOption = {
    value: name,
    label: name,
    settles: level === "street" ? {} : { [level]: name },
    code,
    syllables: pinyin.split(" "),
  };
  const [only] = items;
  if (only && items.length === 1 && only.name === name) {
    // 上海市 / 上海市 / 浦东新区, 广东省 / 东莞市 / 东莞市: nobody wants to choose the same name twice.
    const below = toOption(only);
    return { ...below, settles: { ...option.settles, ...below.settles } };
  }
  return items.length > 0 ? { ...option, children: items.map(toOption) } : option;
}

/** The names to choose one after the other to come to an address; repeated ones are chosen once. */
export function pathOf({ province, city, district }: Partial<Address>): string[] {
  const names = [province, city, district].filter((name): name is string => Boolean(name));
  return names.filter((name, index) => name !== names[index - 1]);
}

/** The options on the way to an address, as far as they exist. */
export function optionsAt(options: DivisionOption[], path: string[]): DivisionOption[] {
  const [name, ...rest] = path;
  const found = options.find((option) => option.value === name);
  return found ? [found, ...optionsAt(found.children ?? [], rest)] : [];
}

/** As it is typed from the first syllable on; further inside only whole syllables: `nanshan` is not 河南商丘. */
function isSpelled(syllables: string[], text: string): boolean {
  if (syllables.join("").startsWith(text)) return true;
  return syllables.some((_, from) => {
    let rest = text;
    for (const syllable of syllables.slice(from)) {
      if (!rest.startsWith(syllable)) return false;
      rest = rest.slice(syllable.length);
      if (rest === "") return true;
    }
    return false;
  });
}

/** Whether what was typed means this division: part of its name, its pinyin, or the first letters of that. */
export function isMeant(option: Pick<DivisionOption, "value" | "syllables">, text: string): boolean {
  const initials = option.syllables.map((syllable) => syllable[0]).join("");
  return option.value.includes(text) || isSpelled(option.syllables, text) || initials.startsWith(text);
}

/** What is left of `text` after the division's name, short or whole, at its beginning; null where it does not begin so. */
function afterName(option: DivisionOption, text: string): string | null {
  for (let length = option.value.length; length >= 2; length -= 1) {
    if (text.startsWith(option.value.slice(0, length))) return text.slice(length);
  }
  return null;
}

/** Words in any order, each meaning a division on the way, or names run together: `深圳 nanshan`, `nssq`, `深圳南山`. */
export function isPathMeant(path: DivisionOption[], typed: string): boolean {
  const last = path.at(-1);
  const text = typed.trim().toLowerCase();
  if (!last || text === "") return false;
  const words = text.split(/\s+/);
  if (words.every((word) => path.some((option) => isMeant(option, word)))) {
    return words.some((word) => isMeant(last, word));
  }
  let rest = text;
  let lastUsed = false;
  for (const option of path) {
    const after = afterName(option, rest);
    lastUsed = after !== null;
    rest = after ?? rest;
  }
  return rest === "" && lastUsed;
}

/** Every way down that is meant, the nearest to the top first. */
export function searchDivisions(options: DivisionOption[], typed: string, limit: number): DivisionOption[][] {
  const found: DivisionOption[][] = [];
  let level = options.map((option) => [option]);
  while (level.length > 0 && found.length < limit) {
    found.push(...level.filter((path) => isPathMeant(path, typed)));
    level = level.flatMap((path) => (path.at(-1)?.children ?? []).map((child) => [...path, child]));
  }
  return found.slice(0, limit);
}

/** A whole line, not a street's name: it begins with a division and goes on below it. */
export function looksLikeLine(text: string): boolean {
  return /\p{Script=Han}{2,}?[省市区县州盟旗].*[路街道号村镇乡弄巷室栋楼座园]/u.test(text);
}
