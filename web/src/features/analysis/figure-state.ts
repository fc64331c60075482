import type { FigureState } from "./figure-body";

interface Asked {
  isPending: boolean;
  isPlaceholderData: boolean;
  isFetching: boolean;
  data: unknown;
  error: unknown;
  refetch: () => unknown;
}

/** Whether an answer says that there is more than it holds: groups of the server, or rows of an action. */
function isPart(data: unknown): boolean {
  const { truncated, more } = (data ?? {}) as { truncated?: unknown; more?: unknown };
  return truncated === true || more === true;
}

/** How the questions behind one figure stand. */
export function stateOf(...asked: Asked[]): FigureState {
  return {
    loading: asked.some((one) => one.isPending && !one.error),
    stale: asked.some((one) => one.isPlaceholderData && one.isFetching),
    truncated: asked.some((one) => isPart(one.data)),
    error: asked.find((one) => one.error && !one.data)?.error ?? null,
    onRetry: () => {
      for (const one of asked) if (one.error) void one.refetch();
    },
  };
}
