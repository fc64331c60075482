import { useQueryClient } from "@tanstack/react-query";
import { setCsrfToken } from "@/api/client";
import { queryKeys } from "@/api/query-keys";
import type { Me } from "@/api/types";

/** Goes in as whoever has just signed in; nothing of who was here before stays. */
export function useEnter(go: () => void): (me: Me) => void {
  const queryClient = useQueryClient();
  return (me) => {
    queryClient.clear();
    setCsrfToken(me.csrf_token);
    queryClient.setQueryData(queryKeys.me, me);
    go();
  };
}
