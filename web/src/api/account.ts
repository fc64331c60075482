import { answer, api, mayBeSignedOut } from "./client";
import type { components } from "./generated/openapi";
import type {
  AddedFactor,
  ApiKey,
  Credentials,
  Factors,
  LinkInfo,
  Me,
  NewApiKey,
  NewApiKeyInput,
  NewPasskey,
  NewTotp,
  NextStep,
  PasskeyQuestion,
  PasskeySignature,
  Proof,
  RecoveryCodes,
  SecondFactor,
  SessionInfo,
  SetupInput,
} from "./types";

/** Signing in, and what a member sets for himself. A 401 is an answer to most of this. */

export const setUp = (input: SetupInput): Promise<Me> => answer(api.POST("/setup", { body: input, ...mayBeSignedOut }));
export const signIn = (credentials: Credentials): Promise<Me | NextStep> =>
  answer(api.POST("/auth/login", { body: credentials, ...mayBeSignedOut }));
export const signInByPasskey = (signature: PasskeySignature): Promise<Me | NextStep> =>
  answer(api.POST("/auth/passkey", { body: signature, ...mayBeSignedOut }));
export const presentSecondFactor = (factor: SecondFactor): Promise<Me> =>
  answer(api.POST("/auth/second-factor", { body: factor, ...mayBeSignedOut }));
export const forgotPassword = (email: string): Promise<void> =>
  answer(api.POST("/auth/forgotten", { body: { email }, ...mayBeSignedOut }));
/** For whom a link in a mail is. */
export const lookAtLink = (token: string): Promise<LinkInfo> =>
  answer(api.POST("/auth/link", { body: { token }, ...mayBeSignedOut }));
export const choosePassword = (token: string, password: string): Promise<Me | NextStep> =>
  answer(api.POST("/auth/password", { body: { token, password }, ...mayBeSignedOut }));
/** Proves again who is there, before something sensitive. */
export const proveIdentity = (proof: Proof): Promise<void> =>
  answer(api.POST("/auth/prove", { body: proof, ...mayBeSignedOut }));

export const changePassword = (current: string, wanted: string): Promise<void> =>
  answer(api.POST("/me/password", { body: { current, new: wanted }, ...mayBeSignedOut }));

export const readFactors = (signal?: AbortSignal): Promise<Factors> => answer(api.GET("/me/factors", { signal }));
export const newTotp = (): Promise<NewTotp> => answer(api.POST("/me/factors/totp"));
export const confirmTotp = (token: string, code: string): Promise<AddedFactor> =>
  answer(api.POST("/me/factors/totp/confirm", { body: { token, code }, ...mayBeSignedOut }));
export const newPasskey = (): Promise<PasskeyQuestion> => answer(api.POST("/me/factors/passkey"));
export const confirmPasskey = (passkey: NewPasskey): Promise<AddedFactor> =>
  answer(api.POST("/me/factors/passkey/confirm", { body: passkey, ...mayBeSignedOut }));
/** What a browser is asked to sign: with one of the member's own keys, or with whatever key it has for this server. */
export const askToSign = (whose: "own" | "any"): Promise<PasskeyQuestion> =>
  answer(
    whose === "own"
      ? api.POST("/auth/sign", { ...mayBeSignedOut })
      : api.POST("/auth/passkey/options", { ...mayBeSignedOut }),
  );
export const removeFactor = (id: string): Promise<void> =>
  answer(api.DELETE("/me/factors/{id}", { params: { path: { id } } }));
export const replaceRecoveryCodes = (): Promise<RecoveryCodes> => answer(api.POST("/me/recovery-codes"));

export const listApiKeys = async (signal?: AbortSignal): Promise<ApiKey[]> =>
  (await answer(api.GET("/me/api-keys", { signal }))).items;
export const addApiKey = (input: NewApiKeyInput): Promise<NewApiKey> =>
  answer(api.POST("/me/api-keys", { body: input }));
export const removeApiKey = (id: string): Promise<void> =>
  answer(api.DELETE("/me/api-keys/{id}", { params: { path: { id } } }));

/** A key of anybody's, with whose it is. */
export type OwnedKey = components["schemas"]["OwnedApiKey"];
/** The keys of all members, or of one, newest first. */
export const readAllKeys = (
  member: string | null,
  cursor: string | null,
  signal: AbortSignal,
): Promise<{ items: OwnedKey[]; next_cursor: string | null }> =>
  answer(
    api.GET("/api-keys", { params: { query: { member: member ?? undefined, cursor: cursor ?? undefined } }, signal }),
  );
export const removeAnyKey = (id: string): Promise<void> =>
  answer(api.DELETE("/api-keys/{id}", { params: { path: { id } } }));

export const listSessions = async (signal?: AbortSignal): Promise<SessionInfo[]> =>
  (await answer(api.GET("/me/sessions", { signal }))).items;
export const endSession = (id: string): Promise<void> =>
  answer(api.DELETE("/me/sessions/{id}", { params: { path: { id } } }));
export const endOtherSessions = (): Promise<unknown> => answer(api.DELETE("/me/sessions"));
