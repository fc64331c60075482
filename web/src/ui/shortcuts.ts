import { useEffect, useRef } from "react";

/** True while the focus is in something that takes text, where single letters must stay letters. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

/** True while a dialog is open: the page behind it must not react to keys. */
export function isDialogOpen(): boolean {
  return [...document.querySelectorAll<HTMLElement>('[role="dialog"]')].some(
    (dialog) => dialog.offsetParent !== null || dialog.getClientRects().length > 0,
  );
}

/** What a Chinese keyboard types in place of the marks that are shortcuts. */
const PLAIN: { [mark: string]: string } = { "？": "?", "、": "/" };

/**
 * The name of a key press: `mod+k`, `shift+Enter`, `?`, `j`. Letters come in lower case; `mod` is Ctrl or Cmd;
 * shift is named only with keys that do not already change by it.
 */
export function keyName(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">): string {
  const single = event.key.length === 1;
  const parts: string[] = [];
  if (event.ctrlKey || event.metaKey) parts.push("mod");
  if (event.altKey) parts.push("alt");
  if (event.shiftKey && !single) parts.push("shift");
  parts.push(single ? (PLAIN[event.key] ?? event.key.toLowerCase()) : event.key);
  return parts.join("+");
}

/** A handler that answers false declines the key, which then does what it does by itself. */
export type Shortcuts = { [key: string]: (event: KeyboardEvent) => unknown };

interface ShortcutOptions {
  enabled?: boolean;
  /** Also while typing or in a dialog: for `mod+k` and the like. */
  everywhere?: boolean;
}

/** Binds keys for as long as the component is shown. A composing input method (pinyin) never triggers one. */
export function useShortcuts(shortcuts: Shortcuts, options: ShortcutOptions = {}): void {
  const { enabled = true, everywhere = false } = options;
  const current = useRef(shortcuts);
  useEffect(() => {
    current.current = shortcuts;
  });
  useEffect(() => {
    if (!enabled) return;
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      if (!everywhere && (isTyping(event.target) || isDialogOpen())) return;
      const handler = current.current[keyName(event)];
      if (!handler) return;
      if (handler(event) !== false) event.preventDefault();
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, [enabled, everywhere]);
}
