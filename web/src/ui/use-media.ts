import { useSyncExternalStore } from "react";

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (notify) => {
      const list = matchMedia(query);
      list.addEventListener("change", notify);
      return () => list.removeEventListener("change", notify);
    },
    () => matchMedia(query).matches,
  );
}

/** One hand, one column: below this width the shell has a bottom bar and lists become cards. */
export function useIsPhone(): boolean {
  return useMedia("(max-width: 767px)");
}

const STILL = "(prefers-reduced-motion: reduce)";

/** Whether this person asked the system for less movement. */
export function usePrefersStill(): boolean {
  return useMedia(STILL);
}

/** How to scroll somewhere that a person should be able to follow with the eyes. */
export function scrollBehavior(): ScrollBehavior {
  return matchMedia(STILL).matches ? "auto" : "smooth";
}
