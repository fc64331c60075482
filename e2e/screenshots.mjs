// Takes the pictures of docs/images from a running demo company:
//   guanxi serve --demo --data /tmp/pictures &
//   node screenshots.mjs http://127.0.0.1:8480
import { mkdir, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import { chromium } from "@playwright/test";

const baseURL = process.argv[2] ?? "http://127.0.0.1:8480";
const folder = resolve(import.meta.dirname, "../docs/images");
const LIMIT_BYTES = 250_000;

/** Width, height and pixels (RGBA) of a picture, read by the browser. */
async function pixelsOf(page, png) {
  const { width, height, data } = await page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const drawing = canvas.getContext("2d");
    drawing.drawImage(bitmap, 0, 0);
    const image = drawing.getImageData(0, 0, bitmap.width, bitmap.height);
    let text = "";
    for (let at = 0; at < image.data.length; at += 0x8000) {
      text += String.fromCharCode(...image.data.subarray(at, at + 0x8000));
    }
    return { width: image.width, height: image.height, data: btoa(text) };
  }, png.toString("base64"));
  return { width, height, data: Buffer.from(data, "base64") };
}

/** The 256 colours that serve a picture of an interface best: the most frequent ones, none too close to another. */
function paletteOf(data) {
  const counts = new Map();
  for (let at = 0; at < data.length; at += 4) {
    const color = (data[at] << 16) | (data[at + 1] << 8) | data[at + 2];
    counts.set(color, (counts.get(color) ?? 0) + 1);
  }
  const byCount = [...counts].sort((left, right) => right[1] - left[1]).map(([color]) => color);
  const palette = byCount.slice(0, 64);
  for (const color of byCount.slice(64)) {
    if (palette.length === 256) break;
    if (palette.every((taken) => distance(taken, color) > 180)) palette.push(color);
  }
  return palette;
}

function distance(left, right) {
  const red = (left >> 16) - (right >> 16);
  const green = ((left >> 8) & 255) - ((right >> 8) & 255);
  const blue = (left & 255) - (right & 255);
  return red * red + 2 * green * green + blue * blue;
}

/** A PNG with one byte per pixel: a third of the size of what the browser writes. */
function indexedPng({ width, height, data }) {
  const palette = paletteOf(data);
  const nearest = new Map();
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = (y * width + x) * 4;
      const color = (data[at] << 16) | (data[at + 1] << 8) | data[at + 2];
      let index = nearest.get(color);
      if (index === undefined) {
        index = 0;
        for (let other = 1; other < palette.length; other += 1) {
          if (distance(palette[other], color) < distance(palette[index], color)) index = other;
        }
        nearest.set(color, index);
      }
      rows[y * (width + 1) + 1 + x] = index;
    }
  }
  const chunk = (type, body) => {
    const named = Buffer.concat([Buffer.from(type, "latin1"), body]);
    const whole = Buffer.alloc(named.length + 8);
    whole.writeUInt32BE(body.length, 0);
    named.copy(whole, 4);
    whole.writeUInt32BE(crc32(named), named.length + 4);
    return whole;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("PLTE", Buffer.from(palette.flatMap((color) => [color >> 16, (color >> 8) & 255, color & 255]))),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});
const context = await browser.newContext({
  baseURL,
  viewport: { width: 1440, height: 900 },
  locale: "zh-CN",
  timezoneId: "Asia/Shanghai",
  colorScheme: "light",
  reducedMotion: "reduce",
});
const page = await context.newPage();
const signedIn = await context.request.post("/api/v1/auth/login", {
  data: { email: "salesmanager@xinghe.example", password: "Guanxi-demo-2026" },
});
if (!signedIn.ok()) throw new Error(`${baseURL} is no demo company: ${signedIn.status()} ${await signedIn.text()}`);

/** A customer with a story to tell: in negotiation, with the largest sum at stake. */
async function customer() {
  const answer = await context.request.get("/api/v1/records/opportunity", {
    params: { filter: "stage == 'negotiation'", sort: "-amount", limit: "1", fields: "account" },
  });
  return (await answer.json()).items[0].account.id;
}

await mkdir(folder, { recursive: true });
const pictures = [
  { name: "record", path: `/r/account/${await customer()}`, shows: ".gx-entry" },
  { name: "board", path: "/o/opportunity/board", shows: ".gx-board-column .gx-card" },
  { name: "list", path: "/o/account?view=all&sort=-won_amount", shows: ".gx-row[role=row]" },
];
for (const { name, path, shows } of pictures) {
  await page.goto(path);
  await page.locator(shows).first().waitFor();
  await page.waitForLoadState("networkidle");
  const png = indexedPng(await pixelsOf(page, await page.screenshot()));
  if (png.length > LIMIT_BYTES) throw new Error(`${name}.png has ${png.length} bytes, more than ${LIMIT_BYTES}`);
  await writeFile(resolve(folder, `${name}.png`), png);
  console.log(`${name}.png ${Math.round(png.length / 1000)} kB`);
}
await browser.close();
