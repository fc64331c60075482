import { answer, api, apiUrl, currentCsrfToken } from "./client";
import type { Me, MePatch, SignedOut } from "./types";

/** What every screen needs of the caller's own; the rest is in account.ts, which loads with the pages that need it. */

export const changeMe = (change: MePatch): Promise<Me> => answer(api.PATCH("/me", { body: change }));
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
