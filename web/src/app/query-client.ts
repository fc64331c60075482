import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "@/api/errors";

/** One try more for what may pass (network, server busy), none for what will not change by asking again. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: (failures, error) => error instanceof ApiError && error.isTransient && failures < 2,
        staleTime: 10_000,
      },
      mutations: { retry: false },
    },
  });
}
