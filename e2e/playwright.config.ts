import { availableParallelism } from "node:os";
import { defineConfig } from "@playwright/test";
import { browser } from "./support/browser.ts";

/**
 * A machine of the CI runs two debug builds and two browsers on few cores, and is shared: what takes two seconds of
 * work takes ten there, most of all the first form or settings page of a browser. What hangs is still found.
 */
const patience = process.env.CI ? 3 : 1;

export default defineConfig({
  testDir: "tests",
  fullyParallel: true,
  // Each worker has a server of its own beside its browser. Two keep two cores busy: one waits while the other works.
  workers: Math.min(6, Math.max(2, availableParallelism() - 1)),
  // Retried tests are told as flaky in the summary; one that fails three times fails the run.
  retries: process.env.CI ? 2 : 0,
  forbidOnly: true,
  timeout: 60_000 * patience,
  expect: { timeout: 10_000 * patience },
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    launchOptions: browser,
    actionTimeout: 15_000 * patience,
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
    // As for people who ask for it: nothing moves, so that nothing is waited for that a test does not look at.
    contextOptions: { reducedMotion: "reduce" },
    // Recording takes as long again as the test: the CI records what it tries a second time.
    trace: process.env.CI ? "on-first-retry" : "retain-on-failure",
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
