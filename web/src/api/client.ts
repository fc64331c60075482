import { ApiError } from "./errors";
import type { Json, Problem } from "./types";

const BASE = "/api/v1";

export type QueryValue = string | number | boolean | null | undefined;

export interface RequestOptions {
  query?: { [name: string]: QueryValue };
  /** Sent as JSON; a Blob or File is sent as it is. */
  body?: unknown;
  headers?: { [name: string]: string };
  signal?: AbortSignal;
  /** A 401 is an answer here (sign-in, the first look at /me), not the end of the session. */
  expectSignedOut?: boolean;
  /** This call was made again already: what it is refused now is the answer. */
  again?: boolean;
}

let csrfToken: string | null = null;
let signedOutHandler: () => void = () => {};
let proofHandler: (() => Promise<boolean>) | null = null;
let lookingAgain: Promise<boolean> | null = null;

/** The token that comes with `Me`; it goes with every unsafe call. */
export function setCsrfToken(token: string | null): void {
  csrfToken = token;
}

/** For the one caller that cannot use `send`: an upload that shows its progress. */
export function currentCsrfToken(): string | null {
  return csrfToken;
}

/** Called when the server says the session is over. */
export function onSignedOut(handler: () => void): void {
  signedOutHandler = handler;
}

/** Called when the server wants a fresh proof of who is there; answers whether it was given. */
export function onProofNeeded(handler: (() => Promise<boolean>) | null): void {
  proofHandler = handler;
}

/**
 * Whether the session lives after all: its token may have been replaced while a call was under way, as happens when
 * rights change. One look serves all calls that ask at the same time.
 */
function stillSignedIn(): Promise<boolean> {
  lookingAgain ??= fetch(apiUrl("/me"), { headers: { accept: "application/json" }, credentials: "same-origin" })
    .then((response) => response.ok)
    .catch(() => false)
    .finally(() => {
      lookingAgain = null;
    });
  return lookingAgain;
}

/** Whether a refused call deserves a second try. */
async function mayTryAgain(error: ApiError, options: RequestOptions): Promise<boolean> {
  if (options.again) return false;
  if (error.status === 401 && !options.expectSignedOut) return stillSignedIn();
  if (error.code === "proof_needed" && proofHandler) return proofHandler();
  return false;
}

export function apiUrl(path: string, query?: RequestOptions["query"]): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== "") parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return `${BASE}${path}${text ? `?${text}` : ""}`;
}

async function readProblem(response: Response): Promise<ApiError> {
  const retry = Number(response.headers.get("retry-after"));
  const retryAfter = Number.isFinite(retry) && retry > 0 ? retry : null;
  let problem: Problem | null = null;
  if (response.headers.get("content-type")?.includes("json")) {
    problem = (await response.json().catch(() => null)) as Problem | null;
  }
  const known = problem && typeof problem.code === "string" ? problem : null;
  return new ApiError({
    status: response.status,
    code: known?.code ?? (response.status === 502 || response.status === 504 ? "unavailable" : "bad_response"),
    title: known?.title ?? `HTTP ${response.status}`,
    problem: known,
    retryAfter,
  });
}

/** Makes the call and answers the raw response of a success; every failure is an `ApiError` (or the abort). */
export async function send(method: string, path: string, options: RequestOptions = {}): Promise<Response> {
  const headers = new Headers(options.headers);
  headers.set("accept", "application/json");
  let body: BodyInit | undefined;
  if (options.body instanceof Blob) {
    body = options.body;
  } else if (options.body !== undefined) {
    body = JSON.stringify(options.body);
    headers.set("content-type", "application/json");
  }
  if (method !== "GET" && method !== "HEAD" && csrfToken) headers.set("x-csrf-token", csrfToken);
  let response: Response;
  try {
    response = await fetch(apiUrl(path, options.query), {
      method,
      headers,
      credentials: "same-origin",
      ...(body === undefined ? {} : { body }),
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError({ status: 0, code: "network", title: "network" });
  }
  if (response.ok) return response;
  const error = await readProblem(response);
  if (await mayTryAgain(error, options)) return send(method, path, { ...options, again: true });
  if (error.status === 401 && !options.expectSignedOut) signedOutHandler();
  throw error;
}

/** Makes the call and reads the JSON answer; the caller names the type docs/api.md promises. */
export async function request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
  const response = await send(method, path, options);
  if (response.status === 204) return undefined as T;
  try {
    return (await response.json()) as T;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError({ status: response.status, code: "bad_response", title: "bad response" });
  }
}

export const get = <T>(path: string, query?: RequestOptions["query"], signal?: AbortSignal): Promise<T> =>
  request<T>("GET", path, { ...(query ? { query } : {}), ...(signal ? { signal } : {}) });
export const post = <T>(path: string, body?: unknown, options?: RequestOptions): Promise<T> =>
  request<T>("POST", path, { body: body ?? ({} as Json), ...options });
export const patch = <T>(path: string, body: unknown, options?: RequestOptions): Promise<T> =>
  request<T>("PATCH", path, { body, ...options });
export const remove = <T = void>(path: string, options?: RequestOptions): Promise<T> =>
  request<T>("DELETE", path, options);
