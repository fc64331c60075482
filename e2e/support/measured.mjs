// What the measuring scripts share: a server that says where it listens, and the browser.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { chromium } from "@playwright/test";

/** Starts the binary with these arguments and waits until it says where it listens. */
export async function startMeasured(binary, args) {
  const child = spawn(binary, ["serve", ...args, "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "pipe"] });
  const url = await new Promise((fulfil, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the server ended (${code}) before it listened`)));
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        const found = /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1];
        if (found) fulfil(found);
      });
    }
  });
  return { child, url };
}

export function launchBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
}
