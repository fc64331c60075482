import { askToSign, newPasskey } from "@/api/account";
import type { Json, NewPasskey, PasskeySignature } from "@/api/types";

/** Whether this browser, on this address, can make and use passkeys. */
export function supportsPasskeys(): boolean {
  return (
    window.isSecureContext &&
    typeof PublicKeyCredential === "function" &&
    typeof PublicKeyCredential.parseCreationOptionsFromJSON === "function" &&
    typeof PublicKeyCredential.parseRequestOptionsFromJSON === "function"
  );
}

/** Somebody closed the browser's dialog, or let it run out: no reason for an alarm. */
export function wasCancelled(error: unknown): boolean {
  return error instanceof DOMException && (error.name === "NotAllowedError" || error.name === "AbortError");
}

function asCredential(credential: Credential | null): Json {
  if (!(credential instanceof PublicKeyCredential)) throw new DOMException("no passkey", "NotAllowedError");
  return credential.toJSON() as unknown as Json;
}

/** Has the browser make a passkey; answers what confirms it. */
export async function makePasskey(): Promise<NewPasskey> {
  const { token, options } = await newPasskey();
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    options as unknown as PublicKeyCredentialCreationOptionsJSON,
  );
  return { token, credential: asCredential(await navigator.credentials.create({ publicKey })) };
}

/** Has the browser sign: with one of the caller's passkeys, or with whichever it has for this address. */
export async function signWithPasskey(whose: "own" | "any"): Promise<PasskeySignature> {
  const { token, options } = await askToSign(whose);
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    options as unknown as PublicKeyCredentialRequestOptionsJSON,
  );
  return { token, credential: asCredential(await navigator.credentials.get({ publicKey })) };
}
