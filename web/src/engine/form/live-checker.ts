import type { FieldError } from "@/api/types";

/** How long typing rests before the server is asked, and the least time between two questions. */
export const REST_MS = 600;
/** A field left for the save button is saved at once: then there is nothing to ask. */
export const LEFT_MS = 150;

export interface LiveChecker {
  /** Something else is typed: whatever was asked before is about what is no more. */
  changed(): void;
  /** A field was left: what was typed in it need not rest. */
  left(): void;
  /** Nothing is asked any more until the next change. */
  stop(): void;
}

/**
 * Paces the questions whether what is typed could be saved. It helps and must never be in the way: what goes wrong with
 * a question is nobody's concern, the save will tell.
 */
export function liveChecker(
  ask: (signal: AbortSignal) => Promise<FieldError[]>,
  tell: (errors: FieldError[]) => void,
): LiveChecker {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked: AbortController | null = null;
  let last = Number.NEGATIVE_INFINITY;
  let due = false;
  const stop = () => {
    clearTimeout(timer);
    asked?.abort();
    due = false;
  };
  const go = async () => {
    due = false;
    if (!navigator.onLine) return;
    last = Date.now();
    const mine = new AbortController();
    asked = mine;
    const errors = await ask(mine.signal).catch(() => null);
    if (errors && !mine.signal.aborted) tell(errors);
  };
  const wait = (pause: number) => {
    clearTimeout(timer);
    due = true;
    timer = setTimeout(() => void go(), pause);
  };
  return {
    changed: () => {
      stop();
      wait(REST_MS);
    },
    left: () => {
      if (due) wait(Math.max(LEFT_MS, last + REST_MS - Date.now()));
    },
    stop,
  };
}
