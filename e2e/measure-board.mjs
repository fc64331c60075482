// How smoothly a board of many cards scrolls and how smoothly a card is dragged over it:
//   node measure-board.mjs [--cards 2000] [--runs 3] [--cpu 4] [--binary target/release/guanxi] [--url http://...]
// A demo company with that many more deals in six stages. Measured is the time between two frames while a finger draws a
// column at 3000 pixels a second from its top to its end (the cards are fetched on the way) and back, and while a card is
// carried across the columns. A frame that takes longer than 50 ms is one that a person sees stumble. Besides: cards in
// the document, which must not grow with the board. `--url` measures a running server that has such deals already.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { launchBrowser, startMeasured } from "./support/measured.mjs";

const SPEED = 3000;
const SCREENS = 15;
const LONG_FRAME_MS = 50;
const STAGES = ["新建", "需求明确", "方案验证", "项目汇报", "商务采购"];
const root = resolve(import.meta.dirname, "..");
const { values: options } = parseArgs({
  options: {
    cards: { type: "string", default: "2000" },
    runs: { type: "string", default: "3" },
    cpu: { type: "string", default: "4" },
    url: { type: "string", default: "" },
    binary: { type: "string", default: join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "release/guanxi") },
  },
});
const binary = resolve(options.binary);
const wanted = Number(options.cards);

/** Makes the demo company and so many more deals of one customer; answers the running server. */
async function startServer(data) {
  const folder = ["--data", join(data, "company"), "--secret-key-file", join(data, "secret.key")];
  execFileSync(binary, ["demo", ...folder], { stdio: "ignore" });
  await writeFile(join(data, "account.csv"), "客户名称,客户类型\n看板度量客户,企业\n");
  const lines = Array.from({ length: wanted }, (_, n) => {
    const stage = STAGES[n % STAGES.length];
    return `第${String(n).padStart(5, "0")}号设备更新项目,看板度量客户,${stage},2030-06-${String((n % 28) + 1).padStart(2, "0")},${10_000 + n * 37}`;
  });
  await writeFile(join(data, "deal.csv"), `商机名称,客户,阶段,预计成交日期,金额\n${lines.join("\n")}\n`);
  for (const object of ["account", "opportunity"]) {
    const file = join(data, object === "account" ? "account.csv" : "deal.csv");
    execFileSync(binary, ["import", file, "--object", object, ...folder], { stdio: "ignore" });
  }
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

const frames = (page) => page.evaluate(() => window.guanxiFrames.end());

/** Draws a column up, or down, by its screens as a finger would. */
async function scroll(page, session, column, direction) {
  const box = await column.locator(".gx-board-cards").boundingBox();
  await page.evaluate(() => window.guanxiFrames.begin());
  for (let screen = 0; screen < SCREENS; screen += 1) {
    await session.send("Input.synthesizeScrollGesture", {
      x: Math.round(box.x + box.width / 2),
      y: Math.round(box.y + box.height / 2),
      yDistance: -direction * Math.round(box.height),
      speed: SPEED,
      gestureSourceType: "mouse",
    });
  }
  return frames(page);
}

/** Carries a card over all columns and back, and gives up. */
async function drag(page, column) {
  const box = await column.locator(".gx-card").nth(1).boundingBox();
  const [x, y] = [box.x + 40, box.y + box.height - 6];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 12, y + 4, { steps: 2 });
  await page.locator(".gx-card[data-lifted]").waitFor();
  await page.evaluate(() => window.guanxiFrames.begin());
  for (const to of [1100, x]) await page.mouse.move(to, y + 60, { steps: 60 });
  const taken = await frames(page);
  await page.keyboard.press("Escape");
  await page.mouse.up();
  return taken;
}

function told(name, taken) {
  const sorted = taken.toSorted((left, right) => left - right);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(1);
  const long = taken.filter((frame) => frame > LONG_FRAME_MS).length;
  const perSecond = (1000 * taken.length) / taken.reduce((sum, frame) => sum + frame, 0);
  return (
    `${name}: ${taken.length} frames, ${perSecond.toFixed(0)} a second, median ${at(0.5)} ms, p95 ${at(0.95)} ms, ` +
    `p99 ${at(0.99)} ms, longest ${sorted.at(-1).toFixed(0)} ms, ${long} longer than ${LONG_FRAME_MS} ms`
  );
}

const data = await mkdtemp(join(tmpdir(), "guanxi-board-"));
const { child, url } = options.url ? { child: null, url: options.url } : await startServer(data);
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
  const phases = { "scrolling down, fetching": [], "scrolling back up": [], "carrying a card": [] };
  const column = page.getByRole("region", { name: STAGES[0], exact: true });
  let most = 0;
  for (let run = 0; run < Number(options.runs); run += 1) {
    await page.goto("/o/opportunity/board");
    await column.locator(".gx-card").first().waitFor();
    await page.waitForLoadState("networkidle");
    phases["scrolling down, fetching"].push(...(await scroll(page, session, column, 1)));
    most = Math.max(most, await page.locator(".gx-card").count());
    phases["scrolling back up"].push(...(await scroll(page, session, column, -1)));
    phases["carrying a card"].push(...(await drag(page, column)));
  }
  console.log(
    `${wanted} cards more than the demo company's, at most ${most} in the document; ${SCREENS} screens at ${SPEED} px/s, ` +
      `${options.runs} runs, processor ${options.cpu}x slower`,
  );
  for (const [name, taken] of Object.entries(phases)) console.log(told(name, taken));
} finally {
  await browser.close();
  if (child) {
    child.kill("SIGTERM");
    await once(child, "exit");
  }
  await rm(data, { recursive: true, force: true });
}
