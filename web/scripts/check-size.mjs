// Fails when the script a browser must load before the first screen grows above the budget.
// A screen is the files that index.html names (see first-screens.ts) and the page, with everything it imports statically.
// Charts, editors and field inputs load later and are not counted.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET_KB = 350;
/** Files of script before the first screen: each handful costs a round trip. */
const MOST_FILES = 4;
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));

function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key]?.imports ?? []) closure(next, seen);
  return seen;
}

function kilobytes(keys) {
  let total = 0;
  for (const key of keys) total += gzipSync(readFileSync(new URL(manifest[key].file, dist)), { level: 9 }).length;
  return total / 1024;
}

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
if (!entry) throw new Error("dist/.vite/manifest.json names no entry");
const screens = { "sign-in": "sign-in", "home, list": "work" };

let failed = false;
const base = closure(entry);
console.log(`entry       ${kilobytes(base).toFixed(1)} kB gzip`);
for (const [name, chunk] of Object.entries(screens)) {
  const key = Object.keys(manifest).find((one) => manifest[one].name === chunk);
  if (!key) throw new Error(`there is no chunk ${chunk}: is first-screens.ts at work?`);
  const chunks = closure(key, new Set(base));
  const size = kilobytes(chunks);
  const over = size > BUDGET_KB || chunks.size > MOST_FILES;
  failed ||= over;
  console.log(
    `${name.padEnd(11)} ${size.toFixed(1)} kB gzip of ${BUDGET_KB}, ${chunks.size} files${over ? "  TOO MUCH" : ""}`,
  );
}
if (failed) process.exit(1);
