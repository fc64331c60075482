import type { Folded } from "./fold";
import { isCjk, isWord } from "./fold";

/** How each character may be read. */
export type Readings = ReadonlyMap<string, readonly string[]>;

/** The server indexes readings from each of the first so many syllables on, for so many syllables. */
const STARTS = 16;
const SYLLABLES = 8;

export function readReadings(table: string): Readings {
  const readings = new Map<string, string[]>();
  for (const line of table.trim().split("\n")) {
    const [reading = "", characters = ""] = line.split(" ");
    for (const character of characters) readings.set(character, [...(readings.get(character) ?? []), reading]);
  }
  return readings;
}

/** A syllable, or a word between Chinese characters: from and to which folded character. */
interface Syllable {
  spelled: readonly string[];
  from: number;
  to: number;
}

function syllablesOf(folded: Folded, readings: Readings): Syllable[] {
  const syllables: Syllable[] = [];
  const { characters } = folded;
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? "";
    const spelled = readings.get(character);
    if (spelled) syllables.push({ spelled, from: at, to: at + 1 });
    else if (isWord(character)) {
      let end = at + 1;
      while (end < characters.length && isWord(characters[end] ?? "")) end++;
      syllables.push({ spelled: [characters.slice(at, end).join("")], from: at, to: end });
      at = end - 1;
    }
  }
  return syllables;
}

/** How many syllables from `at` on begin with what is typed; 0 where they do not. */
function spelledOut(typed: string, syllables: Syllable[], at: number, left = SYLLABLES): number {
  const syllable = syllables[at];
  if (!syllable || left === 0) return 0;
  for (const spelled of syllable.spelled) {
    if (spelled.startsWith(typed)) return 1;
    if (!typed.startsWith(spelled)) continue;
    const more = spelledOut(typed.slice(spelled.length), syllables, at + 1, left - 1);
    if (more > 0) return more + 1;
  }
  return 0;
}

/** The same by first letters: `zs` for 张三. */
function initialled(typed: string, syllables: Syllable[], at: number): number {
  const few = syllables.slice(at, at + typed.length);
  const all = few.length === typed.length && typed.length <= SYLLABLES;
  return all && few.every(({ spelled }, index) => spelled.some((one) => one[0] === typed[index])) ? typed.length : 0;
}

/** What of a text was typed in pinyin, as ranges of folded characters; a syllable begun is marked whole. */
export function rangesByPinyin(folded: Folded, typed: string, readings: Readings): [number, number][] {
  if (!/[a-z]/.test(typed) || !folded.characters.some(isCjk)) return [];
  const syllables = syllablesOf(folded, readings);
  const ranges: [number, number][] = [];
  for (let at = 0; at < Math.min(syllables.length, STARTS); at++) {
    const count = spelledOut(typed, syllables, at) || initialled(typed, syllables, at);
    const found = syllables.slice(at, at + count);
    // Words in Latin letters are found as what they are.
    if (!found.some(({ from }) => isCjk(folded.characters[from] ?? ""))) continue;
    for (const { from, to } of found) ranges.push([from, to]);
  }
  return ranges;
}
