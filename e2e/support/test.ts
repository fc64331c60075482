import { test as base, expect } from "@playwright/test";
import { type GuanxiServer, startServer } from "./server.ts";

interface TestFixtures {
  /** Fails the test when the page throws: a screen may look right and yet be broken. */
  failOnPageError: undefined;
}

interface WorkerFixtures {
  /** One server with the demo company per worker. Tests of one worker share it: make your own records. */
  server: GuanxiServer;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern
    async ({}, use, workerInfo) => {
      const server = await startServer(`server-${workerInfo.workerIndex}`);
      await use(server);
      await server.stop();
    },
    { scope: "worker", timeout: 150_000 },
  ],
  baseURL: async ({ server }, use) => use(server.url),
  failOnPageError: [
    async ({ page }, use) => {
      const errors: Error[] = [];
      page.on("pageerror", (error) => errors.push(error));
      await use(undefined);
      expect(errors, "errors thrown in the page").toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
