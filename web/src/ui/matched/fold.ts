/** A text in the form in which words are compared, and where each character of that form stands in the text. */
export interface Folded {
  characters: string[];
  /** Where the character begins and ends in the text that was folded, in units of its length. */
  from: number[];
  to: number[];
}

const LETTERS: Record<string, string> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
  ı: "i",
};

const CJK =
  /[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3007\u{20000}-\u{323af}\u3041-\u3096\u30a1-\u30fa\u30fc\u3105-\u312f\u1100-\u11ff\uac00-\ud7af]/u;
const WORD = /[\p{Alphabetic}\p{N}]/u;

/** Scripts written without spaces between words. */
export const isCjk = (character: string): boolean => CJK.test(character);
/** Letters and digits of all other scripts. */
export const isWord = (character: string): boolean => WORD.test(character) && !isCjk(character);
export const isDigit = (character: string): boolean => /^[0-9]$/.test(character);

/** Traditional characters by the simplified ones they are compared as. */
export type Variants = ReadonlyMap<string, string>;

export function readVariants(table: string): Variants {
  const variants = new Map<string, string>();
  for (const line of table.trim().split(/\s+/)) {
    const [simplified = "", ...traditional] = line;
    for (const character of traditional) variants.set(character, simplified);
  }
  return variants;
}

/** Half width, small letters, no accents, simplified: as the server folds what it indexes and what is asked for. */
function foldCharacter(character: string, variants: Variants | null): string {
  let folded = "";
  for (const part of character.normalize("NFKC").toLowerCase()) {
    folded += isCjk(part)
      ? (variants?.get(part) ?? part)
      : (LETTERS[part] ?? part.normalize("NFD").replace(/[\u0300-\u036f]/g, ""));
  }
  return folded;
}

export function fold(text: string, variants: Variants | null = null): Folded {
  const folded: Folded = { characters: [], from: [], to: [] };
  let at = 0;
  for (const character of text) {
    for (const part of foldCharacter(character, variants)) {
      folded.characters.push(part);
      folded.from.push(at);
      folded.to.push(at + character.length);
    }
    at += character.length;
  }
  return folded;
}
