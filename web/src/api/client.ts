import createClient from "openapi-fetch";
import { ApiError } from "./errors";
import type { paths } from "./generated/openapi";
import { pagePath } from "./place";
import type { Problem } from "./types";

const BASE = pagePath("/api/v1");

export type QueryValue = string | number | boolean | null | undefined;

interface CallOptions {
  /** A 401 is an answer here, not the end of the session. */
  expectSignedOut?: boolean;
  /** This call was made again already: what it is refused now is the answer. */
  again?: boolean;
}

let csrfToken: string | null = null;
/** How far the server's clock is ahead of this device's, in milliseconds, as far as its answers tell. */
let clockAhead = 0;
let signedOutHandler: () => void = () => {};
let proofHandler: (() => Promise<boolean>) | null = null;
let lookingAgain: Promise<boolean> | null = null;

/** The token that comes with `Me`; it goes with every unsafe call. */
export function setCsrfToken(token: string | null): void {
  csrfToken = token;
}

/** What time it is by the server's clock, to a second or so; without a network by what it last said. */
export function serverNow(): Date {
  return new Date(Date.now() + clockAhead);
}

/** For the one caller that cannot use the client: an upload that shows its progress. */
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
async function mayTryAgain(error: ApiError, options: CallOptions): Promise<boolean> {
  if (options.again) return false;
  if (error.status === 401 && !options.expectSignedOut) return stillSignedIn();
  if (error.code === "proof_needed" && proofHandler) return proofHandler();
  return false;
}

/** Parameters as they stand in an address; empty ones do not. */
function queryText(query: { [name: string]: unknown }): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") parameters.set(name, String(value));
  }
  return parameters.toString();
}

/** An address of the API, for links and for uploads. */
export function apiUrl(path: string, query: { [name: string]: QueryValue } = {}): string {
  const text = queryText(query);
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

const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === "AbortError";

/** Makes the call and answers the raw response of a success; every failure is an `ApiError` (or the abort). */
async function send(request: Request, body: string, options: CallOptions): Promise<Response> {
  const { url, method, credentials, signal } = request;
  const headers = new Headers(request.headers);
  if (method !== "GET" && csrfToken) headers.set("x-csrf-token", csrfToken);
  let response: Response;
  try {
    response = await fetch(url, { method, headers, credentials, signal, ...(body ? { body } : {}) });
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ApiError({ status: 0, code: "network", title: "network" });
  }
  const told = Date.parse(response.headers.get("date") ?? "");
  if (Number.isFinite(told)) clockAhead = told - Date.now();
  if (response.ok) return response;
  const error = await readProblem(response);
  if (await mayTryAgain(error, options)) return send(request, body, { ...options, again: true });
  if (error.status === 401 && !options.expectSignedOut) signedOutHandler();
  throw error;
}

/**
 * As openapi-fetch calls: the body is taken out of the request first, which could be sent but once. What has none goes out
 * at once: taking it out waits its turn behind whatever the page is drawing.
 */
async function call(request: Request, options: CallOptions = {}): Promise<Response> {
  return send(request, request.method === "GET" ? "" : await request.text(), options);
}

/**
 * The API as docs/openapi.json has it. What can go wrong is thrown: read answers by `answer`. Calls that read send no
 * headers of their own: browsers use what was fetched along with the page only for a request that is just the same.
 */
export const api = createClient<paths>({
  baseUrl: window.location.origin + BASE,
  credentials: "same-origin",
  querySerializer: queryText,
  fetch: (request) => call(request),
});

/** Goes with a call to which a 401 is an answer (sign-in, the first look at /me), not the end of the session. */
export const mayBeSignedOut = { fetch: (request: Request) => call(request, { expectSignedOut: true }) };

/** Goes with a question that nobody asked for himself: it neither ends the session nor wants a proof of who is there. */
export const inPassing = { fetch: (request: Request) => call(request, { expectSignedOut: true, again: true }) };

/** What a call answers if it succeeds. */
type Success<Outcome> = Outcome extends { error?: never; data: infer Data } ? Data : never;

/** The JSON a call answers; nothing where the server answers nothing. */
export async function answer<Outcome extends { data?: unknown; response: Response }>(
  made: Promise<Outcome>,
): Promise<Success<Outcome>> {
  let outcome: Outcome | null = null;
  try {
    outcome = await made;
  } catch (error) {
    // Ours, or the caller's own wish; anything else is an answer that cannot be read.
    if (error instanceof ApiError || isAbort(error)) throw error;
  }
  if (!outcome || (outcome.data === undefined && outcome.response.status !== 204)) {
    throw new ApiError({ status: outcome?.response.status ?? 200, code: "bad_response", title: "bad response" });
  }
  return outcome.data as Success<Outcome>;
}

/** Where a calendar program reads the calendar that a key opens. */
export function feedAddress(key: string): string {
  return `${window.location.origin}${BASE}/calendar/feeds/${key}.ics`;
}

/** Where a calendar program finds the calendars of whoever signs in to it. */
export function caldavAddress(): string {
  return `${window.location.origin}${pagePath("/caldav/")}`;
}
