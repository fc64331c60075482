import type { ImportPlan } from "@/api/imports";
import { PLACE } from "@/api/place";

const PREFIX = "guanxi.import.";
const KEEP_MS = 14 * 86_400_000;
const MOST = 20;

interface Stored {
  at: number;
  plan: ImportPlan;
}

const keyOf = (user: string, id: string): string => `${PREFIX}${PLACE}${user}.${id}`;

/** What was said of an import and not checked yet; it outlives a closed page. */
export function readStoredPlan(user: string, id: string, now: number): ImportPlan | null {
  try {
    const stored = JSON.parse(localStorage.getItem(keyOf(user, id)) ?? "null") as Stored | null;
    return stored && now - stored.at < KEEP_MS && Array.isArray(stored.plan?.mapping) ? stored.plan : null;
  } catch {
    return null;
  }
}

/** Keeps it; the oldest go where there are many. A full or closed store loses it, which is no reason to stop. */
export function storePlan(user: string, id: string, plan: ImportPlan, now: number): void {
  try {
    dropOldest(keyOf(user, id));
    localStorage.setItem(keyOf(user, id), JSON.stringify({ at: now, plan } satisfies Stored));
  } catch {
    // Nothing hangs on it while the page is open.
  }
}

export function dropStoredPlan(user: string, id: string): void {
  try {
    localStorage.removeItem(keyOf(user, id));
  } catch {
    // It runs out by itself.
  }
}

function dropOldest(except: string): void {
  const found: [string, number][] = [];
  for (let index = 0; index < localStorage.length; index += 1) {
    const key = localStorage.key(index);
    if (!key?.startsWith(PREFIX) || key === except) continue;
    const at = (JSON.parse(localStorage.getItem(key) ?? "{}") as Partial<Stored>).at ?? 0;
    found.push([key, at]);
  }
  for (const [key] of found.sort((a, b) => b[1] - a[1]).slice(MOST - 1)) localStorage.removeItem(key);
}
