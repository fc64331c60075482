import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { firstScreens } from "./scripts/first-screens.ts";
import { pdfAssets } from "./scripts/pdf-assets.ts";
import { quietIcons } from "./scripts/quiet-icons.ts";
import { smallForms } from "./scripts/small-forms.ts";

const api = process.env.GUANXI_API ?? "http://127.0.0.1:8480";

/** The API, of companies beside the main one too, and its socket. */
const proxy = { "^(/w/[a-z0-9_]+)?/api/": { target: api, ws: true } };

const alias = { "@": fileURLToPath(new URL("./src", import.meta.url)) };

export default defineConfig({
  plugins: [react(), quietIcons(), smallForms(), firstScreens(alias), pdfAssets()],
  resolve: { alias },
  server: { host: "127.0.0.1", port: 5173, proxy },
  preview: { host: "127.0.0.1", proxy },
  build: {
    target: "es2022",
    manifest: true,
    sourcemap: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1_200,
    // All styles are one small file: asked for page by page they would cost a round trip each.
    cssCodeSplit: false,
  },
  test: {
    css: false,
    restoreMocks: true,
    environment: "jsdom",
    setupFiles: ["./src/test/setup.ts"],
    projects: [
      // One document and one set of modules for many files: making them anew for each took longer than all the tests.
      {
        extends: true,
        test: { name: "shared", isolate: false, include: ["src/**/*.test.{ts,tsx}"], exclude: ["**/*.mocked.test.*"] },
      },
      { extends: true, test: { name: "mocked", include: ["src/**/*.mocked.test.{ts,tsx}"] } },
    ],
  },
});
