import { answer, api } from "./client";
import type { Me, MePatch, SignedOut } from "./types";

/** What every screen needs of the caller's own; the rest is in account.ts, which loads with the pages that need it. */

export const changeMe = (change: MePatch): Promise<Me> => answer(api.PATCH("/me", { body: change }));
export const signOut = (): Promise<SignedOut> => answer(api.POST("/auth/logout"));
