import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { placeOf } from "@/api/place";
import { useMe } from "../session";

/**
 * Keeps this browser told where its member wants that, and goes where a notification of the browser leads. Nothing of it is
 * loaded where the browser was never given leave.
 */
export function useBrowserPush(enabled: boolean): void {
  const { user } = useMe();
  useEffect(() => {
    if (!enabled || !("Notification" in window) || Notification.permission !== "granted") return;
    // Without it news come by the other ways; the profile page says how it stands.
    void import("./browser-push").then(({ pushAgain }) => pushAgain(user.id)).catch(() => {});
  }, [enabled, user.id]);
  const { history } = useRouter();
  useEffect(() => {
    const open = ({ data }: MessageEvent) => {
      if (data?.type !== "guanxi.open" || typeof data.place !== "string") return;
      const place = new URL(data.place, window.location.origin);
      const here =
        place.origin === window.location.origin && placeOf(place.pathname) === placeOf(window.location.pathname);
      if (here) history.push(`${place.pathname}${place.search}`);
    };
    navigator.serviceWorker?.addEventListener("message", open);
    return () => navigator.serviceWorker?.removeEventListener("message", open);
  }, [history]);
}
