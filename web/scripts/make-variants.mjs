// Writes src/ui/matched/variants.ts: traditional characters and the simplified ones they are compared as, as the server does.
// node scripts/make-variants.mjs ../text/data/han-variants.txt > src/ui/matched/variants.ts
import { readFileSync } from "node:fs";

const [file] = process.argv.slice(2);
if (!file) throw new Error("name the server's own table");
const lines = readFileSync(file, "utf8")
  .trim()
  .split("\n")
  .filter((line) => !line.startsWith("#"));
const IN_A_LINE = 20;
const rows = [];
for (let at = 0; at < lines.length; at += IN_A_LINE) rows.push(lines.slice(at, at + IN_A_LINE).join(" "));
console.log(`// Made by scripts/make-variants.mjs from text/data/han-variants.txt (OpenCC, Apache-2.0).

/** Simplified characters, each with the traditional ones it is written for behind it. */
export const VARIANTS = \`
${rows.join("\n")}
\`;`);
