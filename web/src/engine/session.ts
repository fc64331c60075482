import { type QueryClient, useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import { setCsrfToken } from "@/api/client";
import { changeMe, changeMeAndLeave, signOut } from "@/api/me";
import { pagePath } from "@/api/place";
import { meOptions } from "@/api/queries";
import { queryKeys } from "@/api/query-keys";
import type { Json, Me, MePatch } from "@/api/types";

const SAVE_AFTER_MS = 800;
/** Preferences written and not sent yet. */
let unsaved: { [key: string]: Json } = {};

export function useMe(): Me {
  return useSuspenseQuery(meOptions).data;
}

/** Changes the caller's own settings, shown at once and taken back if the server refuses. */
export function useUpdateMe() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (change: MePatch) => changeMe(change),
    onMutate: (change) => {
      const before = queryClient.getQueryData<Me>(queryKeys.me);
      if (before) {
        const { name, preferences, ...rest } = change;
        queryClient.setQueryData<Me>(queryKeys.me, {
          ...before,
          ...rest,
          preferences: { ...before.preferences, ...preferences },
          user: name ? { ...before.user, name } : before.user,
        });
      }
      return { before };
    },
    onError: (_error, _change, context) => {
      if (context?.before) queryClient.setQueryData(queryKeys.me, context.before);
    },
    onSuccess: (me) => {
      setCsrfToken(me.csrf_token);
      // What was written a moment ago and not sent yet is newer than the answer.
      queryClient.setQueryData<Me>(queryKeys.me, { ...me, preferences: { ...me.preferences, ...unsaved } });
    },
  });
}

export function useSignOut() {
  return useCallback(async () => {
    const signedOut = await signOut().catch(() => null);
    setCsrfToken(null);
    // A full load leaves nothing of the last user in memory. Who came by a provider that wants it signs out there as well.
    window.location.assign(signedOut?.provider_url ?? pagePath("/login"));
  }, []);
}

let saveTimer: ReturnType<typeof setTimeout> | undefined;
let leaving: (() => void) | null = null;

/** Sends what was written; `send` is another one where the page goes away. */
function saveUnsaved(queryClient: QueryClient, send: (change: MePatch) => Promise<unknown>): void {
  clearTimeout(saveTimer);
  if (leaving) window.removeEventListener("pagehide", leaving);
  leaving = null;
  const changes = unsaved;
  unsaved = {};
  const me = queryClient.getQueryData<Me>(queryKeys.me);
  // Whoever looks with somebody else's rights changes nothing of his, nor takes it along into his own.
  if (!me || me.viewer) return;
  // Only what changed: the server keeps the rest, and what another tab wrote meanwhile.
  send({ preferences: changes }).catch(() => {
    // Kept for the next write: a preference is not worth an alarm.
    unsaved = { ...changes, ...unsaved };
  });
}

/**
 * One entry of the caller's preferences (column widths, recents, what is collapsed), kept on the server.
 * Writing shows at once and is sent a moment later, several changes in one call.
 */
export function usePreference<T extends Json>(key: string, fallback: T): [T, (value: T) => void] {
  const me = useMe();
  const queryClient = useQueryClient();
  const client = useRef(queryClient);
  useEffect(() => {
    client.current = queryClient;
  }, [queryClient]);
  const write = useCallback(
    (value: T) => {
      unsaved = { ...unsaved, [key]: value };
      client.current.setQueryData<Me>(queryKeys.me, (current) =>
        current ? { ...current, preferences: { ...current.preferences, [key]: value } } : current,
      );
      clearTimeout(saveTimer);
      saveTimer = setTimeout(() => saveUnsaved(client.current, changeMe), SAVE_AFTER_MS);
      if (!leaving) {
        // Whoever closes the page or types another address does not wait for it.
        leaving = () => saveUnsaved(client.current, changeMeAndLeave);
        window.addEventListener("pagehide", leaving);
      }
    },
    [key],
  );
  const stored = me.preferences[key];
  return [(stored === undefined ? fallback : stored) as T, write];
}
