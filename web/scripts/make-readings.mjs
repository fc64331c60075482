// Writes src/ui/matched/readings.ts: how the usual Chinese characters are read, as the server's search reads them.
// node scripts/make-readings.mjs PINYIN.TXT ../text/src/pinyin/readings.rs > src/ui/matched/readings.ts
// PINYIN.TXT is the list of the pinyin-data project (MIT), which the server's crate `pinyin` carries.
import { readFileSync } from "node:fs";

const [listFile, ownFile] = process.argv.slice(2);
if (!listFile || !ownFile) throw new Error("name the list of readings and the server's own ones");

/** 吕 is typed `lv`, and so the server has it. */
const plain = (reading) =>
  reading
    .replace(/[üǖǘǚǜ]/g, "v")
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "");

/** The characters of an encoding of two bytes: those in use, simplified ones of GB 2312 and traditional ones of Big5. */
function charactersOf(encoding, firsts, seconds) {
  const decoder = new TextDecoder(encoding);
  const found = new Set();
  for (let first = firsts[0]; first <= firsts[1]; first++) {
    for (let second = seconds[0]; second <= seconds[1]; second++) {
      const character = decoder.decode(new Uint8Array([first, second]));
      if (/^\p{Script=Han}$/u.test(character)) found.add(character);
    }
  }
  return found;
}

const usual = new Set([
  ...charactersOf("gb2312", [0xb0, 0xf7], [0xa1, 0xfe]),
  ...charactersOf("big5", [0xa4, 0xc6], [0x40, 0xfe]),
]);
const characters = new Map();
const add = (reading, character) => {
  const others = characters.get(reading) ?? new Set();
  characters.set(reading, others.add(character));
};
for (const [, code, readings] of readFileSync(listFile, "utf8").matchAll(/^U\+([0-9A-F]+): (\S+)/gm)) {
  const character = String.fromCodePoint(Number.parseInt(code, 16));
  // The first is the usual one, and the one the server takes.
  if (usual.has(character)) add(plain(readings.split(",")[0]), character);
}
// Surnames and words in which a character is read otherwise.
for (const [, word, reading] of readFileSync(ownFile, "utf8").matchAll(
  /\(["'](\p{Script=Han}+)["'], "([a-z ]+)"\)/gu,
)) {
  const syllables = reading.split(" ");
  [...word].forEach((character, index) => {
    add(syllables[index], character);
  });
}

const lines = [...characters.keys()].sort().map((reading) => `${reading} ${[...characters.get(reading)].join("")}`);
console.log(`// Made by scripts/make-readings.mjs from the pinyin-data project (MIT) and the server's own readings.

/** A reading in a line, with the usual characters that have it. */
export const READINGS = \`
${lines.join("\n")}
\`;`);
