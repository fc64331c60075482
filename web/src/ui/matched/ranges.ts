import { type Folded, fold, isDigit, isWord, type Variants } from "./fold";
import { type Readings, rangesByPinyin } from "./pinyin";
import type { Token } from "./query";

/** From and to where, in units of the text's length. */
export type Range = readonly [from: number, to: number];

/** Only so much of a text is looked at. */
const MOST = 2_000;
/** Fewest digits by which the middle of a number is found, and of which a number has at least and at most. */
const PIECE = 3;
const LONG = 7;
const LONGEST = 20;

/** A value of which the server covers a part: what is left of it must not tell where something was found. */
export const isCovered = (text: string): boolean => /[*＊]{2}/.test(text);

/** Runs of characters for which something holds. */
function runs(folded: Folded, is: (character: string) => boolean): [number, number][] {
  const found: [number, number][] = [];
  folded.characters.forEach((character, at) => {
    const last = found.at(-1);
    if (!is(character)) return;
    if (last?.[1] === at) last[1] = at + 1;
    else found.push([at, at + 1]);
  });
  return found;
}

/** The places of the characters of a run that count, without what stands between them. */
function places(folded: Folded, [from, to]: [number, number], is: (character: string) => boolean): number[] {
  const all = Array.from({ length: to - from }, (_, index) => from + index);
  return all.filter((at) => is(folded.characters[at] ?? ""));
}

const textAt = (folded: Folded, at: number[]) => at.map((place) => folded.characters[place]).join("");

/** `xh-2000` is found as `xh2000` as well. */
const isJoined = (character: string) => isWord(character) || /[-_'’./]/.test(character);
const isNumber = (character: string) => isDigit(character) || /[ \-()]/.test(character);

function rangesOfWord(folded: Folded, word: string): [number, number][] {
  const ranges: [number, number][] = [];
  for (const run of [...runs(folded, isWord), ...runs(folded, isJoined)]) {
    const own = places(folded, run, isWord);
    const last = own[word.length - 1];
    if (last !== undefined && textAt(folded, own).startsWith(word)) ranges.push([own[0] ?? last, last + 1]);
  }
  return ranges;
}

/** As typed, and without the country's code or the zero before an area's, which a number shown here does not have. */
function writings(digits: string): string[] {
  if (digits.length < PIECE + 2) return [digits];
  return [digits, ...["86", "0"].filter((code) => digits.startsWith(code)).map((code) => digits.slice(code.length))];
}

function rangesOfDigits(folded: Folded, digits: string): [number, number][] {
  const ranges: [number, number][] = [];
  for (const run of runs(folded, isNumber)) {
    const own = places(folded, run, isDigit);
    if (own.length < LONG || own.length > LONGEST) continue;
    const number = textAt(folded, own);
    const wanted = writings(digits).find((one) =>
      one.length >= PIECE ? number.includes(one) : number.startsWith(one),
    );
    for (let at = wanted ? number.indexOf(wanted) : -1; wanted && at >= 0; at = number.indexOf(wanted, at + 1)) {
      if (at > 0 && wanted.length < PIECE) break;
      ranges.push([own[at] ?? 0, (own[at + wanted.length - 1] ?? 0) + 1]);
    }
  }
  return ranges;
}

function rangesOfCjk(folded: Folded, wanted: string): [number, number][] {
  const length = [...wanted].length;
  const found = folded.characters.map((_, at) => at);
  return found
    .filter((at) => folded.characters.slice(at, at + length).join("") === wanted)
    .map((at) => [at, at + length]);
}

function rangesOfToken(folded: Folded, { kind, text }: Token, readings: Readings | null): [number, number][] {
  if (kind === "cjk") return rangesOfCjk(folded, text);
  const ranges = rangesOfWord(folded, text);
  if (kind === "digits") ranges.push(...rangesOfDigits(folded, text));
  return readings ? [...ranges, ...rangesByPinyin(folded, text, readings)] : ranges;
}

/** Where in a text is what was asked for, in order and apart; nowhere in a value that is covered in part. */
export function matchedRanges(
  text: string,
  tokens: readonly Token[],
  readings: Readings | null,
  variants: Variants | null = null,
): Range[] {
  if (tokens.length === 0 || isCovered(text)) return [];
  const folded = fold(text.slice(0, MOST), variants);
  const found = tokens
    .flatMap((token) => rangesOfToken(folded, token, readings))
    .map(([from, to]): [number, number] => [folded.from[from] ?? 0, folded.to[to - 1] ?? 0])
    .sort((one, other) => one[0] - other[0]);
  const joined: [number, number][] = [];
  for (const [from, to] of found) {
    const last = joined.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

/** The part of a long text around what was found, so that it is in sight. */
export function excerpt(text: string, ranges: readonly Range[], before = 12): { text: string; ranges: Range[] } {
  const first = ranges[0]?.[0] ?? 0;
  const flat = text.replace(/\s/g, " ");
  if (first <= before * 2) return { text: flat, ranges: [...ranges] };
  // Not in the middle of a character of two units.
  const cut = first - before - (/[\udc00-\udfff]/.test(text[first - before] ?? "") ? 1 : 0);
  return { text: `…${flat.slice(cut)}`, ranges: ranges.map(([from, to]) => [from - cut + 1, to - cut + 1]) };
}
