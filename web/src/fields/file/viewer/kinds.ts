/** How the viewer shows a file of a type; `null` where it can only be downloaded. */
export type Showing = "picture" | "pdf" | "sound" | "text";

const TEXTS = new Set([
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  "application/json",
  "application/xml",
]);

export function showingOf(contentType: string): Showing | null {
  if (/^image\/(png|jpeg|gif|webp)$/.test(contentType)) return "picture";
  if (contentType === "application/pdf") return "pdf";
  if (contentType.startsWith("audio/")) return "sound";
  // Read by the server, so that markup is never more than text here.
  if (contentType.startsWith("text/") || TEXTS.has(contentType)) return "text";
  return null;
}

/** The place of the next or last file, round and round. */
export function step(count: number, at: number, by: 1 | -1): number {
  return count === 0 ? 0 : (at + by + count) % count;
}
