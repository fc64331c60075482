// Compresses what the server sends of dist/, once and as well as it goes; the server picks what the browser takes.
// Over plain http browsers ask for gzip alone, so there are both.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const WORTH_IT = /\.(m?js|css|svg|json|webmanifest)$/;
const SMALLEST = 1_000;

const assets = new URL("../dist/assets/", import.meta.url);
const totals = { plain: 0, br: 0, gz: 0 };
for (const name of readdirSync(assets)) {
  if (!WORTH_IT.test(name)) continue;
  const plain = readFileSync(new URL(name, assets));
  if (plain.length < SMALLEST) continue;
  const br = brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  const gz = gzipSync(plain, { level: 9 });
  writeFileSync(new URL(`${name}.br`, assets), br);
  writeFileSync(new URL(`${name}.gz`, assets), gz);
  totals.plain += plain.length;
  totals.br += br.length;
  totals.gz += gz.length;
}
const kilobytes = (bytes) => Math.round(bytes / 1024);
console.log(
  `compressed ${kilobytes(totals.plain)} kB to ${kilobytes(totals.br)} kB (brotli), ${kilobytes(totals.gz)} kB (gzip)`,
);
