import { fold, isCjk, isDigit, isWord, type Variants } from "./fold";

/** One thing that must be there: a word's beginning, a number's digits, one or two characters without spaces. */
export interface Token {
  kind: "word" | "digits" | "cjk";
  text: string;
}

const MAX_TOKENS = 16;
const MAX_NUMBER = 20;
const STATES = ["open", "closed", "mine", "进行中", "未完成", "已结束", "已完成", "我的"];

function isOperator(name: string, value: string): boolean {
  if (["is", "状态"].includes(name)) return STATES.includes(value);
  return ["object", "对象", "类型", "owner", "负责人"].includes(name);
}

/** The words of what was typed in the search box: without the operators (`object:商机`), phrases without their quotes. */
export function wordsOf(typed: string): string {
  const words: string[] = [];
  const text = typed.replace(/[“”＂]/g, '"');
  for (const [, phrase, name, quoted, word] of text.matchAll(/"([^"]*)"?|([^\s":：]+)[:：]"([^"]*)"?|([^\s"]+)/g)) {
    if (phrase !== undefined) words.push(phrase);
    else if (name !== undefined) {
      if (!isOperator(name.toLowerCase(), (quoted ?? "").trim())) words.push(`${name}:${quoted}`);
    } else if (word !== undefined) {
      const [, before = "", value = ""] = /^([^:：]+)[:：](.+)$/.exec(word) ?? [];
      if (!isOperator(before.toLowerCase(), value)) words.push(word);
    }
  }
  return words.join(" ").trim();
}

/** The digits of a number written in groups, where the words are nothing else. */
function phoneDigits(words: string): string | null {
  const text = words.normalize("NFKC").trim();
  if (!/^[\d\s\-()+.]+$/.test(text)) return null;
  const digits = text.replace(/\D/g, "");
  const international = text.startsWith("+") || digits.startsWith("00");
  const grouped = /\D/.test(text) && (international || /^[0148]/.test(digits));
  if (digits.length < 4 || digits.length > MAX_NUMBER || !(grouped || international)) return null;
  if (!international && digits.length < 6) return null;
  return digits.replace(/^00/, "");
}

/** What a record must have to be found by these words, as the server cuts them. */
export function tokensOf(words: string, variants: Variants | null = null): Token[] {
  const digits = phoneDigits(words);
  if (digits) return [{ kind: "digits", text: digits }];
  const tokens: Token[] = [];
  const { characters } = fold(words.slice(0, 500), variants);
  const add = (kind: Token["kind"], text: string) => {
    if (tokens.length < MAX_TOKENS && !tokens.some((token) => token.text === text)) tokens.push({ kind, text });
  };
  for (let at = 0; at < characters.length; ) {
    const is = [isCjk, isWord].find((one) => one(characters[at] ?? ""));
    let end = at + 1;
    if (is) {
      while (end < characters.length && is(characters[end] ?? "")) end++;
      const run = characters.slice(at, end);
      if (is === isWord) add(run.every(isDigit) ? "digits" : "word", run.join(""));
      else if (run.length === 1) add("cjk", run.join(""));
      else for (let index = 1; index < run.length; index++) add("cjk", `${run[index - 1]}${run[index]}`);
    }
    at = end;
  }
  return tokens;
}
