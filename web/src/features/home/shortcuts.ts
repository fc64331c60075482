/** A link of one's own: to a page of this system, or to another one. */
export interface Shortcut {
  name: string;
  url: string;
}

export const MOST_SHORTCUTS = 20;
export const LONGEST_NAME = 40;

/** What was typed as an address: within this system a path, otherwise http or https. Null for anything else. */
export function readAddress(typed: string, origin: string): string | null {
  const text = typed.trim();
  if (!text || text.length > 2_000) return null;
  if (!URL.canParse(text, origin)) return null;
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(text)?.[0];
  // Without a scheme only a path is meant; "example.com" alone would be taken for one.
  if (!scheme && !text.startsWith("/")) return readAddress(`https://${text}`, origin);
  const url = new URL(text, origin);
  if (url.protocol !== "https:" && url.protocol !== "http:") return null;
  if (url.username || url.password || !/[.:]|^localhost$/.test(url.host)) return null;
  return url.origin === origin ? `${url.pathname}${url.search}${url.hash}` : url.href;
}

/** Whether an address leads within this system. */
export const isInside = (url: string): boolean => url.startsWith("/");

/** Shortcuts as they were stored; what leads nowhere is left out. */
export function readShortcuts(stored: unknown, origin: string): Shortcut[] {
  if (!Array.isArray(stored)) return [];
  return stored.flatMap((one: unknown) => {
    const { name, url } = (typeof one === "object" && one !== null ? one : {}) as Record<string, unknown>;
    const address = typeof url === "string" ? readAddress(url, origin) : null;
    return typeof name === "string" && name && address ? [{ name, url: address }] : [];
  });
}
