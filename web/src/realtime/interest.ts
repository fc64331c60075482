import type { QueryClient } from "@tanstack/react-query";

/** Queries come and go by the dozen when a page is drawn: what is wanted is said once for all of them. */
const TOGETHER_MS = 40;

/** The objects of which anything is kept in the cache: whatever may be shown again must not grow old there. */
export function cachedObjects(queryClient: QueryClient): string[] {
  const objects = new Set<string>();
  for (const query of queryClient.getQueryCache().getAll()) {
    const [root, object] = query.queryKey;
    if (root === "records" && typeof object === "string") objects.add(object);
  }
  return [...objects];
}

/** Says which objects are wanted now and whenever that changes; ends with the function it answers. */
export function followInterest(queryClient: QueryClient, extra: () => string[], say: (objects: string[]) => void) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const soon = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      say([...cachedObjects(queryClient), ...extra()]);
    }, TOGETHER_MS);
  };
  soon();
  const unsubscribe = queryClient.getQueryCache().subscribe((event) => {
    if (event.type === "added" || event.type === "removed") soon();
  });
  return {
    soon,
    end: () => {
      clearTimeout(timer);
      unsubscribe();
    },
  };
}
