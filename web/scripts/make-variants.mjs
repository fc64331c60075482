// Writes src/ui/matched/variants.ts: traditional characters and the simplified ones they are compared as, as the server does.
// node scripts/make-variants.mjs ../text/data/han-variants.txt > src/ui/matched/variants.ts
import { readFileSync } from "node:fs";

const [file] = process.argv.slice(2);
if (!file) throw new Error("name the server's own table");
const lines = readFileSync(file, "utf8")
  .trim()
  .split("\n")
  .filter((line) => !line.startsWith("#"));
console.log(`// Made by scripts/make-variants.mjs from text/data/han-variants.txt (OpenCC, Apache-2.0).

/** A simplified character in a line, with the traditional ones it is written for. */
export const VARIANTS = \`
${lines.join("\n")}
\`;`);
