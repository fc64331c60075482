// What the viewer of PDF fetches by its name: tables of the scripts of East Asia, and decoders for rare pictures as plain
// script (the page's rules allow no WebAssembly).
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";

const home = dirname(createRequire(import.meta.url).resolve("pdfjs-dist/package.json"));

const WANTED: [folder: string, pattern: RegExp][] = [
  ["cmaps", /\.bcmap$|^LICENSE$/],
  ["wasm", /_nowasm_fallback\.js$|^LICENSE/],
];

export function pdfAssets(): Plugin {
  return {
    name: "guanxi-pdf-assets",
    apply: "build",
    generateBundle() {
      for (const [folder, pattern] of WANTED) {
        for (const name of readdirSync(join(home, folder)).filter((one) => pattern.test(one))) {
          this.emitFile({
            type: "asset",
            fileName: `pdf/${folder}/${name}`,
            source: readFileSync(join(home, folder, name)),
          });
        }
      }
    },
  };
}
