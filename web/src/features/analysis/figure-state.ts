import type { FigureState } from "./figure-body";

interface Asked {
  isPending: boolean;
  isPlaceholderData: boolean;
  isFetching: boolean;
  data: unknown;
  error: unknown;
  refetch: () => unknown;
}

/** How the questions behind one figure stand. */
export function stateOf(...asked: Asked[]): FigureState {
  return {
    loading: asked.some((one) => one.isPending && !one.error),
    stale: asked.some((one) => one.isPlaceholderData && one.isFetching),
    error: asked.find((one) => one.error && !one.data)?.error ?? null,
    onRetry: () => {
      for (const one of asked) if (one.error) void one.refetch();
    },
  };
}
