import type { QueryClient } from "@tanstack/react-query";
import { apiUrl, currentCsrfToken } from "@/api/client";
import { meOptions } from "@/api/queries";
import { queryKeys } from "@/api/query-keys";
import type { Me } from "@/api/types";
import { CacheWriter } from "./cache";
import { LiveConnection, type LiveTransport } from "./connection";
import { Hand } from "./hand";
import { followInterest } from "./interest";
import { presenceStore } from "./presence";
import { liveStore } from "./store";
import { textChannel } from "./texts";
import { Throttle } from "./throttle";

const transport: LiveTransport = {
  socket: () => new WebSocket(new URL(apiUrl("/live"), window.location.href.replace(/^http/, "ws"))),
  source: (after, objects) =>
    new EventSource(apiUrl("/events/stream", { after: after ?? undefined, objects: objects.join(",") })),
};

/** Keeps what is shown up to date for as long as the app is open; ends with the function it answers. */
export function startLive(queryClient: QueryClient): () => void {
  const me = () => queryClient.getQueryData<Me>(queryKeys.me)?.user.id ?? null;
  const hand = new Hand();
  const letGo = hand.watch(document);
  const writer = new CacheWriter(queryClient, me, hand);
  const connection = new LiveConnection(transport, {
    events: (events) => writer.apply(events),
    reset: () => writer.readAnew(),
    rights: () => void writer.rightsChanged(),
    lost: (object, id) => writer.lost(object, id),
    met: (object, id, members) => presenceStore.meet(object, id, members),
    text: (message) => textChannel.hear(message),
    state: (state) => {
      if (state !== "live") presenceStore.forget();
      liveStore.setState(state);
      if (state === "live") textChannel.open((message) => connection.say(message));
      else textChannel.close();
    },
    token: async (refused) => {
      if (!refused) return currentCsrfToken();
      // Reading `Me` hands the client the token; where the session is over the app goes to the sign-in page.
      return queryClient.fetchQuery({ ...meOptions, staleTime: 0 }).then(
        (found) => found.csrf_token,
        () => null,
      );
    },
  });
  const interest = followInterest(queryClient, liveStore.wanted, ({ objects, records }) =>
    connection.watch(objects, records),
  );
  liveStore.whenWanted(interest.soon);
  const moved = new Throttle(50, 300);
  const present = () => moved.run("moved", () => connection.present(presenceStore.spots()));
  presenceStore.whenMoved(present);
  present();
  const wake = () => connection.wake();
  const shown = () => {
    if (document.visibilityState === "visible") connection.wake();
  };
  window.addEventListener("online", wake);
  document.addEventListener("visibilitychange", shown);
  connection.start();
  return () => {
    window.removeEventListener("online", wake);
    document.removeEventListener("visibilitychange", shown);
    interest.end();
    letGo();
    moved.end();
    presenceStore.whenMoved(() => {});
    presenceStore.forget();
    writer.end();
    connection.stop();
    textChannel.close();
    liveStore.setState("off");
  };
}
