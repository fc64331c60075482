import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const api = process.env.GUANXI_API ?? "http://127.0.0.1:8480";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { host: "127.0.0.1", port: 5173, proxy: { "/api": { target: api } } },
  preview: { host: "127.0.0.1", proxy: { "/api": { target: api } } },
  build: { target: "es2022", manifest: true, sourcemap: false, assetsInlineLimit: 0, chunkSizeWarningLimit: 900 },
  test: { environment: "jsdom", setupFiles: ["./src/test/setup.ts"], css: false, restoreMocks: true },
});
