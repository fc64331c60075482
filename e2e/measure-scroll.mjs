// How smoothly a long list scrolls:
//   node measure-scroll.mjs [--rows 100000] [--runs 3] [--cpu 1] [--binary target/release/guanxi]
// A demo company with that many more customers, all of them in one list. Measured is the time between two frames while a
// finger draws the list at 4000 pixels a second, first from the top (the next rows are fetched on the way), then in the
// middle and at the end of a list whose rows have all been loaded. A frame that takes longer than 50 ms is one that a
// person sees stumble. Besides: rows in the document, which must not grow with the list.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { launchBrowser, startMeasured } from "./support/measured.mjs";

const SPEED = 4000;
const SCREENS = 20;
const LONG_FRAME_MS = 50;
const root = resolve(import.meta.dirname, "..");
const { values: options } = parseArgs({
  options: {
    rows: { type: "string", default: "100000" },
    runs: { type: "string", default: "3" },
    cpu: { type: "string", default: "1" },
    binary: { type: "string", default: join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "release/guanxi") },
  },
});
const binary = resolve(options.binary);
const wanted = Number(options.rows);

/** Makes the demo company and so many more customers; answers the running server. */
async function startServer(data) {
  const folder = ["--data", join(data, "company"), "--secret-key-file", join(data, "secret.key")];
  execFileSync(binary, ["demo", ...folder], { stdio: "ignore" });
  const lines = Array.from(
    { length: wanted },
    (_, n) => `远山机械第${String(n).padStart(6, "0")}号公司,企业,contact${n}@example.com`,
  );
  await writeFile(join(data, "more.csv"), `客户名称,客户类型,公司邮箱\n${lines.join("\n")}\n`);
  execFileSync(binary, ["import", join(data, "more.csv"), "--object", "account", ...folder], { stdio: "ignore" });
  return startMeasured(binary, folder);
}

/** Runs in the page: from `begin` to `end`, the time between any two frames. */
function watchFrames() {
  let last = null;
  let frames = [];
  const look = (now) => {
    if (last !== null) frames.push(now - last);
    last = now;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  window.guanxiFrames = {
    begin: () => {
      frames = [];
    },
    end: () => frames,
  };
}

/** Draws the list upwards by its screens as a finger would, and answers the frames it took. */
async function scroll(page, session) {
  const box = await page.getByRole("grid").boundingBox();
  await page.evaluate(() => window.guanxiFrames.begin());
  for (let screen = 0; screen < SCREENS; screen += 1) {
    await session.send("Input.synthesizeScrollGesture", {
      x: Math.round(box.x + box.width / 2),
      y: Math.round(box.y + box.height / 2),
      yDistance: -Math.round(box.height),
      speed: SPEED,
      gestureSourceType: "mouse",
    });
  }
  return page.evaluate(() => window.guanxiFrames.end());
}

/** Loads every row there is by going to the end again and again. */
async function loadAll(page) {
  await page.evaluate(async () => {
    const grid = document.querySelector("[role=grid]");
    const wait = () => new Promise((fulfil) => requestAnimationFrame(fulfil));
    while (grid.getAttribute("aria-rowcount") === "-1") {
      grid.scrollTop = grid.scrollHeight;
      await wait();
    }
  });
  return page.evaluate(() => Number(document.querySelector("[role=grid]").getAttribute("aria-rowcount")) - 1);
}

function told(name, frames) {
  const sorted = frames.toSorted((left, right) => left - right);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(1);
  const long = frames.filter((frame) => frame > LONG_FRAME_MS).length;
  return (
    `${name}: ${frames.length} frames, median ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, ` +
    `longest ${sorted.at(-1).toFixed(0)} ms, ${long} longer than ${LONG_FRAME_MS} ms`
  );
}

const data = await mkdtemp(join(tmpdir(), "guanxi-scroll-"));
const { child, url } = await startServer(data);
const browser = await launchBrowser();
try {
  const context = await browser.newContext({ baseURL: url, viewport: { width: 1440, height: 900 }, locale: "zh-CN" });
  const signedIn = await context.request.post("/api/v1/auth/login", {
    data: { email: "admin@xinghe.example", password: "Guanxi-demo-2026" },
  });
  if (!signedIn.ok()) throw new Error(`sign-in: ${signedIn.status()}`);
  await context.addInitScript(watchFrames);
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: Number(options.cpu) });
  const phases = { "from the top, fetching": [], "all loaded, in the middle": [], "all loaded, at the end": [] };
  for (let run = 0; run < Number(options.runs); run += 1) {
    await page.goto("/o/account?view=all");
    await page.locator(".gx-row[role=row]").first().waitFor();
    await page.waitForLoadState("networkidle");
    phases["from the top, fetching"].push(...(await scroll(page, session)));
  }
  const begun = Date.now();
  const rows = await loadAll(page);
  const loadedAfter = Date.now() - begun;
  for (let run = 0; run < Number(options.runs); run += 1) {
    await page.evaluate(() => {
      const grid = document.querySelector("[role=grid]");
      grid.scrollTop = grid.scrollHeight / 2;
    });
    phases["all loaded, in the middle"].push(...(await scroll(page, session)));
    await page.evaluate((height) => {
      const grid = document.querySelector("[role=grid]");
      grid.scrollTop = grid.scrollHeight - height;
    }, SCREENS * 1000);
    phases["all loaded, at the end"].push(...(await scroll(page, session)));
  }
  const drawn = await page.locator(".gx-row[role=row]").count();
  console.log(
    `${rows} rows in the list, ${drawn} in the document; ${SCREENS} screens at ${SPEED} px/s, ${options.runs} runs, ` +
      `processor ${options.cpu}x slower; all loaded after ${(loadedAfter / 1000).toFixed(0)} s`,
  );
  for (const [name, frames] of Object.entries(phases)) console.log(told(name, frames));
} finally {
  await browser.close();
  child.kill("SIGTERM");
  await once(child, "exit");
  await rm(data, { recursive: true, force: true });
}
