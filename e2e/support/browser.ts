/** Chromium's sandbox cannot work for root, which is who a container runs as. */
const isRoot = process.getuid?.() === 0;

const args = ["--disable-quic", "--disable-gpu", "--no-first-run", ...(isRoot ? ["--no-sandbox"] : [])];

/** The installed browser; Playwright brings none of its own here. */
export const browser = { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args };

/** The one that could open windows, for what a browser without them lacks: it is told of nothing and shows no notification. */
export const wholeBrowser = { executablePath: process.env.CHROMIUM_WHOLE ?? "/usr/bin/chromium", args };
