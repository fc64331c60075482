import { answer, api, apiUrl, currentCsrfToken } from "./client";
import type { Me, MePatch, SignedOut } from "./types";

/** What every screen needs of the caller's own; the rest is in account.ts, which loads with the pages that need it. */

/** What a browser takes along when the page goes away is 64 KiB in all; a character is three bytes at most. */
const TAKEN_ALONG = 16_000;

/** Changes the caller's own settings. Once begun it is finished by the browser, even where the page is left meanwhile. */
export const changeMe = (change: MePatch): Promise<Me> =>
  answer(api.PATCH("/me", { body: change, keepalive: JSON.stringify(change).length < TAKEN_ALONG }));
/** The same while the page goes away: asked for at once, and finished by the browser without it. */
export const changeMeAndLeave = (change: MePatch): Promise<Response> =>
  fetch(apiUrl("/me"), {
    method: "PATCH",
    keepalive: true,
    credentials: "same-origin",
    headers: { "content-type": "application/json", "x-csrf-token": currentCsrfToken() ?? "" },
    body: JSON.stringify(change),
  });
export const signOut = (): Promise<SignedOut> => answer(api.POST("/auth/logout"));
