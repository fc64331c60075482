import { answer, api } from "./client";
import type { NewScimToken, NewScimTokenInput, ScimTokens } from "./types";

/** Tokens by which identity systems keep members and teams. */

export const listScimTokens = (signal?: AbortSignal): Promise<ScimTokens> =>
  answer(api.GET("/scim-tokens", { signal }));
export const addScimToken = (token: NewScimTokenInput): Promise<NewScimToken> =>
  answer(api.POST("/scim-tokens", { body: token }));
export const removeScimToken = (id: string): Promise<void> =>
  answer(api.DELETE("/scim-tokens/{id}", { params: { path: { id } } }));
