import { ApiError } from "@/api/errors";

/** A record something is done with. */
export interface Target {
  id: string;
  name: string;
}

/** A record that nothing was done with, and why. */
export interface Refusal extends Target {
  error: unknown;
}

/** How far a run over many records is. */
export interface RunState {
  total: number;
  done: Target[];
  refused: Refusal[];
  /** The server does not answer; it is tried again by itself. */
  waiting: boolean;
}

export interface Run {
  state: RunState;
  /** What was not begun, or has no answer: stopped, or the server stayed away. */
  left: Target[];
  /** What was refused last holds for the rest as well, which were not asked for. */
  halted: boolean;
}

interface RunOptions {
  targets: readonly Target[];
  /** Does it with one record; whatever it throws was refused, unless nobody answered. */
  call: (target: Target) => Promise<unknown>;
  onChange: (state: RunState) => void;
  signal: AbortSignal;
  /** Waits before somebody who did not answer is asked again, for the nth time; false: no longer. */
  pause: (error: ApiError, times: number, signal: AbortSignal) => Promise<boolean>;
  /** One after the other, in their order; otherwise a few at once. */
  inOrder?: boolean;
  /** Codes of refusals that may hold for whatever comes after. */
  limits?: readonly string[];
}

/** As many at once as a server hardly notices. */
const AT_ONCE = 3;

/**
 * Whether two records, one after the other, were refused in the same words by one of these codes. A code alone does not
 * tell a limit of whoever asks from something about the one record; the words do, for a record's own have its own time.
 */
export function isLimit(last: readonly Refusal[], codes: readonly string[]): boolean {
  const [before, now] = last.slice(-2).map(({ error }) => error);
  if (!(before instanceof ApiError) || !(now instanceof ApiError)) return false;
  return codes.includes(now.code) && before.code === now.code && before.message === now.message;
}

const nobodyAnswered = (error: unknown): error is ApiError =>
  error instanceof ApiError && (error.isTransient || error.status === 504 || error.status === 401);

/**
 * Does one thing with many records, a few at once. What is refused is noted and the others go on. Where nobody answers,
 * that record is asked for again; in the end every record is done, refused or left, and none is lost.
 */
export async function runOver(options: RunOptions): Promise<Run> {
  const { targets, call, onChange, signal, pause, inOrder = false, limits = [] } = options;
  const state: RunState = { total: targets.length, done: [], refused: [], waiting: false };
  const settled = new Set<string>();
  const waiting = new Set<string>();
  let next = 0;
  let broken = false;
  let halted = false;
  // Refused since something was done last.
  let inARow: Refusal[] = [];
  const tell = () => onChange({ ...state, done: [...state.done], refused: [...state.refused] });
  const note = (target: Target, waits: boolean) => {
    if (waits) waiting.add(target.id);
    else waiting.delete(target.id);
    if (state.waiting === waiting.size > 0) return;
    state.waiting = waiting.size > 0;
    tell();
  };

  const settle = async (target: Target) => {
    for (let times = 1; ; times += 1) {
      try {
        await call(target);
        state.done.push(target);
        inARow = [];
        settled.add(target.id);
        return;
      } catch (error) {
        if (!nobodyAnswered(error)) {
          state.refused.push({ ...target, error });
          inARow.push({ ...target, error });
          halted ||= isLimit(inARow, limits);
          settled.add(target.id);
          return;
        }
        if (broken || signal.aborted) return;
        note(target, true);
        const again = error.status !== 401 && (await pause(error, times, signal));
        if (!again) broken = true;
        if (!again || signal.aborted) return;
      } finally {
        if (settled.has(target.id)) note(target, false);
      }
    }
  };
  const worker = async () => {
    while (next < targets.length && !broken && !halted && !signal.aborted) {
      const target = targets[next];
      next += 1;
      if (target) await settle(target);
      tell();
    }
  };
  tell();
  await Promise.all(Array.from({ length: Math.min(inOrder ? 1 : AT_ONCE, targets.length) }, worker));
  state.waiting = false;
  tell();
  const left = targets.filter((target) => !settled.has(target.id));
  return { state, left, halted: halted && left.length > 0 };
}

/** How long to wait before nobody is asked again, in milliseconds; then it is left to whoever looks on. */
const PAUSES_MS = [1_000, 3_000, 9_000, 20_000];

/** Waits as long as the server asked for, or for the network, or a little longer each time. */
export function patientPause(error: ApiError, times: number, signal: AbortSignal): Promise<boolean> {
  const pause = PAUSES_MS[times - 1];
  if (pause === undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      window.removeEventListener("online", go);
      signal.removeEventListener("abort", go);
      resolve(true);
    };
    const timer = setTimeout(go, Math.max(pause, (error.retryAfter ?? 0) * 1_000));
    window.addEventListener("online", go);
    signal.addEventListener("abort", go);
  });
}
