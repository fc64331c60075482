// How long until the list can be used on a throttled connection, with nothing in the cache:
//   node measure-4g.mjs [--runs 7] [--cpu 4] [--binary target/release/guanxi] [--limit-ms 2000]
// The profile is WebPageTest's "4G": 9 Mbit/s both ways, 170 ms there and back, with the processor slowed down four
// times as Lighthouse does for a phone (`--cpu 1`: as it is). Usable means: rows are on the screen, and a key moves the
// cursor among them. Besides, the time that the page's main thread itself has worked until then, which does not grow where
// other programs have the processors.
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { launchBrowser, startMeasured } from "./support/measured.mjs";

const PROFILE = { name: "4G (WebPageTest)", mbit: 9, roundTripMs: 170 };
const root = resolve(import.meta.dirname, "..");
const { values: options } = parseArgs({
  options: {
    runs: { type: "string", default: "7" },
    binary: { type: "string", default: join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "release/guanxi") },
    path: { type: "string", default: "/o/account?view=all" },
    "limit-ms": { type: "string", default: "2000" },
    cpu: { type: "string", default: "4" },
    trace: { type: "boolean", default: false },
  },
});

/** Runs in the page before anything else: notes when rows are painted and when one of them answers to a key. */
function watch() {
  const times = {};
  window.guanxiTimes = times;
  const look = () => {
    if (document.querySelector(".gx-row[role=row]")) {
      times.rows ??= performance.now();
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "j", bubbles: true }));
      if (document.querySelector("[aria-activedescendant]")) times.usable ??= performance.now();
    }
    if (times.usable === undefined) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

async function measure(browser, url, cookies) {
  // A context of its own has no cache, no code cache and no connections.
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "zh-CN" });
  await context.addCookies(cookies);
  await context.addInitScript(watch);
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  const requests = [];
  let bytes = 0;
  session.on("Network.responseReceived", ({ response, timestamp, requestId }) => {
    requests.push({ requestId, url: response.url.slice(url.length), at: timestamp });
  });
  session.on("Network.loadingFinished", ({ encodedDataLength, requestId, timestamp }) => {
    bytes += encodedDataLength;
    const request = requests.find((one) => one.requestId === requestId);
    if (request) Object.assign(request, { done: timestamp, bytes: encodedDataLength });
  });
  await session.send("Network.enable");
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const throughput = (PROFILE.mbit * 1_000_000) / 8;
  await session.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: PROFILE.roundTripMs,
    downloadThroughput: throughput,
    uploadThroughput: throughput,
  });
  await session.send("Emulation.setCPUThrottlingRate", { rate: Number(options.cpu) });
  await page.goto(url + options.path, { waitUntil: "commit" });
  await page.waitForFunction(() => window.guanxiTimes.usable !== undefined, null, { timeout: 60_000 });
  const times = await page.evaluate(() => window.guanxiTimes);
  const { metrics } = await session.send("Performance.getMetrics");
  const worked = (metrics.find((metric) => metric.name === "TaskDuration")?.value ?? 0) * 1000;
  if (options.trace) {
    const begin = requests[0].at;
    for (const { url: path, at, done, bytes: size } of requests) {
      const ms = (time) => (time === undefined ? "-" : Math.round((time - begin) * 1000));
      console.log(
        `  ${String(ms(at)).padStart(5)} ${String(ms(done)).padStart(5)} ${String(size ?? "-").padStart(7)} ${path}`,
      );
    }
  }
  await context.close();
  return { ...times, worked, requests: requests.length, bytes };
}

const median = (numbers) => numbers.toSorted((left, right) => left - right)[Math.floor(numbers.length / 2)];
const data = await mkdtemp(join(tmpdir(), "guanxi-4g-"));
const { child, url } = await startMeasured(resolve(options.binary), ["--demo", "--data", data]);
const browser = await launchBrowser();
let failed = true;
try {
  const visitor = await browser.newContext({ baseURL: url });
  const signedIn = await visitor.request.post("/api/v1/auth/login", {
    data: { email: "sales@xinghe.example", password: "Guanxi-demo-2026" },
  });
  if (!signedIn.ok()) throw new Error(`sign-in: ${signedIn.status()}`);
  const { cookies } = await visitor.storageState();
  const runs = [];
  for (let run = 0; run < Number(options.runs); run += 1) runs.push(await measure(browser, url, cookies));
  const usable = median(runs.map((run) => run.usable));
  const kilobytes = Math.round(median(runs.map((run) => run.bytes)) / 1000);
  const all = runs.map((run) => Math.round(run.usable)).join(", ");
  console.log(
    `${PROFILE.name}, ${PROFILE.mbit} Mbit/s, ${PROFILE.roundTripMs} ms, processor ${options.cpu}x slower: ` +
      `list usable after ${Math.round(usable)} ms (rows after ${Math.round(median(runs.map((run) => run.rows)))} ms), ` +
      `median of ${runs.length} (${all}); main thread worked ${Math.round(median(runs.map((run) => run.worked)))} ms; ` +
      `${median(runs.map((run) => run.requests))} requests, ${kilobytes} kB`,
  );
  failed = usable > Number(options["limit-ms"]);
  if (failed) console.log(`slower than ${options["limit-ms"]} ms`);
} finally {
  await browser.close();
  child.kill("SIGTERM");
  await once(child, "exit");
  await rm(data, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);
