import { defineConfig } from "@playwright/test";

/** The installed browser; Playwright brings none of its own here. */
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Chromium's sandbox cannot work for root, which is who a container runs as. */
const isRoot = process.getuid?.() === 0;

export default defineConfig({
  testDir: "tests",
  fullyParallel: true,
  // Each worker has a server of its own beside its browser.
  workers: 2,
  // Retried tests are told as flaky in the summary; one that fails three times fails the run.
  retries: process.env.CI ? 2 : 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    launchOptions: {
      executablePath,
      args: ["--disable-quic", "--disable-gpu", "--no-first-run", ...(isRoot ? ["--no-sandbox"] : [])],
    },
    actionTimeout: 15_000,
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
  },
  projects: [
    { name: "desktop", testIgnore: "**/*.phone.spec.ts", use: { viewport: { width: 1440, height: 900 } } },
    {
      name: "phone",
      testMatch: "**/*.phone.spec.ts",
      use: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
    },
  ],
});
