import { type ComponentType, type LazyExoticComponent, lazy } from "react";

/** How long to wait before a part of the app is fetched again, in milliseconds; then it is given up. */
const PAUSES_MS = [1_000, 3_000, 9_000];

/** Whether a part of the app could not be fetched: the server is away, or has a newer version by now. */
export function isLoadError(error: unknown): boolean {
  return error instanceof Error && /dynamically imported module|importing a module script/i.test(error.message);
}

const backOnline = () =>
  new Promise<void>((resolve) => window.addEventListener("online", () => resolve(), { once: true }));
const pass = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** Fetches a part of the app, again where that failed: without a network it waits for one. */
export async function loadPart<Part>(load: () => Promise<Part>): Promise<Part> {
  for (const pause of PAUSES_MS) {
    try {
      return await load();
    } catch (error) {
      if (!isLoadError(error)) throw error;
      await (navigator.onLine ? pass(pause) : backOnline());
    }
  }
  return load();
}

/** A component that comes when it is needed. A cut connection delays it; the page around it stays as it is. */
// biome-ignore lint/suspicious/noExplicitAny: as React's own `lazy` has it
export function lazyPart<Part extends ComponentType<any>>(
  load: () => Promise<{ default: Part }>,
): LazyExoticComponent<Part> {
  return lazy(() => loadPart(load));
}
