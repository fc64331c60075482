import { answer, api, mayBeSignedOut } from "./client";
import type {
  ChangedProvider,
  CheckedProvider,
  IdentityProvider,
  Me,
  NewProvider,
  NextStep,
  OwnIdentity,
  ProviderConfirmation,
  SyncPlan,
} from "./types";

/** Signing in by an identity provider, one's accounts there, and the providers themselves. */

const of = (id: string) => ({ params: { path: { id } } });

/** Where to go on: a page of the provider's. */
export const beginAtProvider = async (id: string): Promise<string> =>
  (await answer(api.POST("/auth/providers/{id}/begin", { ...of(id), ...mayBeSignedOut }))).url;
/** What the provider sent the browser back with. */
export interface ProviderReturn {
  code: string;
  state: string;
  iss: string | null;
}
export const signInByProvider = (id: string, back: ProviderReturn): Promise<Me | NextStep | ProviderConfirmation> =>
  answer(api.POST("/auth/providers/{id}/answer", { ...of(id), body: back, ...mayBeSignedOut }));
/** An account of a directory and its password. */
export const signInByDirectory = (
  id: string,
  credentials: { login: string; password: string },
): Promise<Me | NextStep | ProviderConfirmation> =>
  answer(api.POST("/auth/providers/{id}/password", { ...of(id), body: credentials, ...mayBeSignedOut }));
export const confirmByPassword = (confirm: string, password: string): Promise<Me | NextStep> =>
  answer(api.POST("/auth/providers/confirm", { body: { confirm, password }, ...mayBeSignedOut }));
export const confirmByMail = (confirm: string): Promise<void> =>
  answer(api.POST("/auth/providers/confirm/mail", { body: { confirm }, ...mayBeSignedOut }));
export const confirmByLink = (token: string): Promise<Me | NextStep> =>
  answer(api.POST("/auth/providers/confirm/link", { body: { token }, ...mayBeSignedOut }));
/** Who is signed in in this browser, if anybody. */
export const readMeIfAny = (): Promise<Me> => answer(api.GET("/me", mayBeSignedOut));

export const listIdentities = async (signal?: AbortSignal): Promise<OwnIdentity[]> =>
  (await answer(api.GET("/me/identities", { signal }))).items;
export const bindIdentity = async (id: string): Promise<string> =>
  (await answer(api.POST("/me/identities/{id}", of(id)))).url;
export const releaseIdentity = (id: string): Promise<void> => answer(api.DELETE("/me/identities/{id}", of(id)));

/** What taking the organisation over from a directory would do. */
export const planSync = (id: string): Promise<SyncPlan> =>
  answer(api.POST("/identity-providers/{id}/sync/plan", of(id)));
/** Begins it; so many may be suspended, though it is more than the settings let a run suspend. */
export const runSync = (id: string, leavers: number | null): Promise<unknown> =>
  answer(api.POST("/identity-providers/{id}/sync", { ...of(id), body: { leavers } }));
export const listProviders = async (signal?: AbortSignal): Promise<IdentityProvider[]> =>
  (await answer(api.GET("/identity-providers", { signal }))).items;
export const addProvider = (provider: NewProvider): Promise<IdentityProvider> =>
  answer(api.POST("/identity-providers", { body: provider }));
export const changeProvider = (id: string, change: ChangedProvider): Promise<IdentityProvider> =>
  answer(api.PATCH("/identity-providers/{id}", { ...of(id), body: change }));
export const removeProvider = (id: string): Promise<void> => answer(api.DELETE("/identity-providers/{id}", of(id)));
export const checkProvider = (id: string): Promise<CheckedProvider> =>
  answer(api.POST("/identity-providers/{id}/check", of(id)));
