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
      // Without a network a save fails at once and says so: held back it would look as if it went on for ever.
      mutations: { retry: false, networkMode: "always" },
    },
  });
}
