// Fails when the script a browser must load before the first screen grows above the budget.
// A screen is the entry, the texts of one language, the shell and the page, each with everything it imports statically.
// Charts, editors and field inputs load later and are not counted.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET_KB = 350;
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
const shell = "src/app/shell/shell.tsx";
const screens = {
  "sign-in": ["src/features/sign-in/login-page.tsx"],
  home: [shell, "src/features/home/home-page.tsx"],
  list: [shell, "src/engine/list/list-page.tsx"],
};

let failed = false;
const base = closure(entry);
closure("src/i18n/zh-CN.ts", base);
console.log(`entry       ${kilobytes(base).toFixed(1)} kB gzip`);
for (const [name, files] of Object.entries(screens)) {
  const chunks = new Set(base);
  for (const file of files) {
    if (!manifest[file]) throw new Error(`${file} is not a chunk of its own: is its route still lazy?`);
    closure(file, chunks);
  }
  const size = kilobytes(chunks);
  const over = size > BUDGET_KB;
  failed ||= over;
  console.log(`${name.padEnd(11)} ${size.toFixed(1)} kB gzip of ${BUDGET_KB}${over ? "  TOO LARGE" : ""}`);
}
if (failed) process.exit(1);
