import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { sendImport } from "./import-upload";

const SIZE = 5 * 1024 * 1024;
const PIECE = 2 * 1024 * 1024;

/** A server that keeps what it is sent; `refuse` says which of the pieces is lost on the way. */
function serve(refuse: (piece: number) => Response | "cut" | null) {
  const calls: string[] = [];
  let received = 0;
  let pieces = 0;
  vi.stubGlobal("fetch", async (input: Request | string, init: RequestInit = {}) => {
    const url = new URL(typeof input === "string" ? input : input.url, "http://here");
    const method = typeof input === "string" ? (init.method ?? "GET") : input.method;
    const path = url.pathname.replace(/^.*\/imports/, "");
    calls.push(`${method} ${path}${url.search}`);
    if (path.endsWith("/pieces")) {
      pieces += 1;
      const refused = refuse(pieces);
      if (refused === "cut") throw new TypeError("cut");
      if (refused) return refused;
      received = Math.min(SIZE, Number(url.searchParams.get("offset")) + PIECE);
    }
    const body = path.endsWith("/finish") ? { id: "import" } : { id: "sent", received, size: SIZE, piece: SIZE };
    return new Response(JSON.stringify(body), { status: 200, headers: { "content-type": "application/json" } });
  });
  const has = (bytes: number) => {
    received = bytes;
  };
  return { calls, has };
}

const file = new File([new Uint8Array(SIZE)], "大表.csv", { lastModified: 1 });
const sending = (more: Partial<Parameters<typeof sendImport>[0]> = {}) => ({
  object: "account",
  file,
  onProgress: () => {},
  onCut: () => {},
  signal: new AbortController().signal,
  ...more,
});

describe("a large table", () => {
  beforeEach(() => {
    localStorage.clear();
    vi.useFakeTimers();
  });
  afterEach(() => vi.useRealTimers());

  it("goes in pieces, and tells how much is through", async () => {
    const { calls } = serve(() => null);
    const told: number[] = [];
    await expect(sendImport(sending({ onProgress: (part) => told.push(part) }))).resolves.toEqual({ id: "import" });
    expect(calls).toEqual([
      "POST /uploads",
      "POST /uploads/sent/pieces?offset=0",
      `POST /uploads/sent/pieces?offset=${PIECE}`,
      `POST /uploads/sent/pieces?offset=${2 * PIECE}`,
      "POST /uploads/sent/finish",
    ]);
    expect(told).toEqual([0, PIECE / SIZE, (2 * PIECE) / SIZE, 1]);
    expect(localStorage).toHaveLength(0);
  });

  it("goes on after a cut with what the server has by then, and says that it waits", async () => {
    const { calls, has } = serve((piece) => (piece === 2 ? "cut" : null));
    const cuts: boolean[] = [];
    const sent = sendImport(
      sending({
        onCut: (cut) => {
          cuts.push(cut);
          // The piece came through, the answer did not.
          if (cut) has(2 * PIECE);
        },
      }),
    );
    await vi.runAllTimersAsync();
    await expect(sent).resolves.toEqual({ id: "import" });
    expect(cuts).toEqual([false, true, false, false]);
    expect(calls.slice(3)).toEqual([
      "GET /uploads/sent",
      `POST /uploads/sent/pieces?offset=${2 * PIECE}`,
      "POST /uploads/sent/finish",
    ]);
  });

  it("takes the same file up again after the page was closed", async () => {
    const control = new AbortController();
    const first = serve((piece) => {
      if (piece === 2) control.abort();
      return piece === 2 ? "cut" : null;
    });
    await expect(sendImport(sending({ signal: control.signal }))).rejects.toThrow();
    expect(first.calls).toContain("POST /uploads");
    const again = serve(() => null);
    again.has(PIECE);
    await sendImport(sending());
    expect(again.calls[0]).toBe("GET /uploads/sent");
    expect(again.calls[1]).toBe(`POST /uploads/sent/pieces?offset=${PIECE}`);
  });

  it("says at once what the server refuses for good", async () => {
    const problem = { code: "too_large", title: "too large", status: 413, detail: "文件过大" };
    serve(() => new Response(JSON.stringify(problem), { status: 413 }));
    await expect(sendImport(sending())).rejects.toMatchObject({ status: 413, detail: "文件过大" });
  });
});
