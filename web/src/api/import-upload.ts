import { answer, api, apiUrl, currentCsrfToken } from "./client";
import { ApiError } from "./errors";
import { type ImportUpload, uploadImport } from "./imports";
import { pagePath } from "./place";
import type { Problem } from "./types";

/** From this size on a file goes in pieces, so that a cut connection costs a piece and no more. */
const WHOLE = 4 * 1024 * 1024;
/** A piece in bytes, or the largest the server takes. */
const PIECE = 2 * 1024 * 1024;
/** Pauses before a piece is sent again, in milliseconds; then somebody has to try again himself. */
const PAUSES_MS = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000];
const KEPT = "guanxi.upload.";

interface Begun {
  id: string;
  /** Bytes the server has. */
  received: number;
  size: number;
  /** Largest piece it takes, in bytes. */
  piece: number;
}

interface Sending {
  object: string;
  file: File;
  sheet?: string | undefined;
  /** How much is through, from 0 to 1. */
  onProgress: (part: number) => void;
  /** The connection is cut, or there again. */
  onCut: (cut: boolean) => void;
  signal: AbortSignal;
}

/** Sends a table; a large one in pieces, going on where it was cut off, even after the page was closed. */
export async function sendImport(sending: Sending): Promise<ImportUpload> {
  const { object, file, sheet, onProgress, signal } = sending;
  if (file.size <= WHOLE) return uploadImport(object, file, onProgress, signal, sheet);
  const key = `${KEPT}${pagePath("")}${[object, file.name, file.size, file.lastModified, sheet ?? ""].join("|")}`;
  const begun = (await earlier(key, signal)) ?? (await begin(sending));
  remember(key, begun.id);
  let at = begun.received;
  while (at < file.size) {
    onProgress(at / file.size);
    at = (await patiently(sending, begun.id, at, () => sendPiece(begun, at, file, signal))).received;
  }
  onProgress(1);
  const done = await answer(api.POST("/imports/uploads/{id}/finish", { params: { path: { id: begun.id } }, signal }));
  forget(key);
  return done;
}

const begin = ({ object, file, sheet, signal }: Sending): Promise<Begun> =>
  answer(
    api.POST("/imports/uploads", {
      body: { object, file_name: file.name, size: file.size, ...(sheet ? { sheet } : {}) },
      signal,
    }),
  );

const stateOf = (id: string, signal: AbortSignal): Promise<Begun> =>
  answer(api.GET("/imports/uploads/{id}", { params: { path: { id } }, signal }));

/** The same file, half sent before. */
async function earlier(key: string, signal: AbortSignal): Promise<Begun | null> {
  const id = localStorage.getItem(key);
  if (!id) return null;
  try {
    return await stateOf(id, signal);
  } catch (error) {
    if (signal.aborted || (error instanceof ApiError && error.isTransient)) throw error;
    // The server has tidied it away.
    return null;
  }
}

async function sendPiece({ id, piece }: Begun, offset: number, file: File, signal: AbortSignal): Promise<Begun> {
  const token = currentCsrfToken();
  const response = await fetch(apiUrl(`/imports/uploads/${id}/pieces`, { offset }), {
    method: "POST",
    body: file.slice(offset, offset + Math.min(PIECE, piece)),
    headers: {
      accept: "application/json",
      "content-type": "application/octet-stream",
      ...(token ? { "x-csrf-token": token } : {}),
    },
    credentials: "same-origin",
    signal,
  });
  const body: unknown = await response.json().catch(() => null);
  if (response.ok && body) return body as Begun;
  const problem = body as Problem | null;
  throw new ApiError({
    status: response.status,
    code: problem?.code ?? "bad_response",
    title: problem?.title ?? `HTTP ${response.status}`,
    problem: problem?.code ? problem : null,
  });
}

/** Sends a piece until it is there; after a cut the server says how much it has. */
async function patiently(
  { onCut, signal }: Sending,
  id: string,
  at: number,
  send: () => Promise<Begun>,
): Promise<Begun> {
  for (const pause of [0, ...PAUSES_MS]) {
    if (pause > 0) await rested(pause, signal);
    try {
      const there = pause > 0 ? await stateOf(id, signal) : null;
      const state = there && there.received !== at ? there : await send();
      onCut(false);
      return state;
    } catch (error) {
      if (signal.aborted) throw error;
      const cut = error instanceof TypeError || (error instanceof ApiError && error.isTransient);
      if (!cut) throw error;
      onCut(true);
    }
  }
  throw new ApiError({ status: 0, code: "network", title: "network" });
}

const rested = (pause: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, pause);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new DOMException("aborted", "AbortError"));
    });
  });

function remember(key: string, id: string): void {
  try {
    localStorage.setItem(key, id);
  } catch {
    // Then it begins anew after the page was closed.
  }
}

function forget(key: string): void {
  localStorage.removeItem(key);
}
