import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api } from "@/api/client";
import { isApiError } from "@/api/errors";

const ASK_AGAIN_MS = 4_000;

type Connection = "ok" | "offline" | "unreachable" | "back";

/** Says when the network or the server is gone, asks again quietly, and refreshes what failed once it is back. */
export function ConnectionNotice() {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const [state, setState] = useState<Connection>(navigator.onLine ? "ok" : "offline");

  useEffect(() => {
    const offline = () => setState("offline");
    const online = () => setState("unreachable");
    window.addEventListener("offline", offline);
    window.addEventListener("online", online);
    const unsubscribe = queryClient.getQueryCache().subscribe((event) => {
      if (event.type === "updated" && event.action.type === "error" && isApiError(event.action.error, "network")) {
        setState((current) => (current === "offline" ? current : "unreachable"));
      }
    });
    return () => {
      window.removeEventListener("offline", offline);
      window.removeEventListener("online", online);
      unsubscribe();
    };
  }, [queryClient]);

  useEffect(() => {
    if (state !== "unreachable") return;
    const ask = () =>
      answer(api.GET("/setup")).then(
        () => {
          setState("back");
          void queryClient.refetchQueries({ predicate: (query) => query.state.status === "error" });
        },
        () => undefined,
      );
    void ask();
    const timer = setInterval(ask, ASK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [state, queryClient]);

  useEffect(() => {
    if (state !== "back") return;
    const timer = setTimeout(() => setState("ok"), 2_000);
    return () => clearTimeout(timer);
  }, [state]);

  if (state === "ok") return null;
  const text = { offline: t("shell.offline"), unreachable: t("shell.unreachable"), back: t("shell.backOnline") }[state];
  return (
    <div className="gx-notice" role="status">
      {text}
    </div>
  );
}
