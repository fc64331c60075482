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
