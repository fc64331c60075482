/** Longest piece of base64 in one message, in characters: what the server takes at once, with room for the rest. */
const LONGEST = 48_000;
/** `fromCharCode` takes its characters as arguments, of which there may not be too many. */
const AT_ONCE = 8_192;

export function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += AT_ONCE) text += String.fromCharCode(...bytes.subarray(at, at + AT_ONCE));
  return btoa(text);
}

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** Base64 in pieces, each of which can be read by itself. */
export function pieces(text: string): string[] {
  const all: string[] = [];
  for (let at = 0; at < text.length; at += LONGEST) all.push(text.slice(at, at + LONGEST));
  return all;
}
