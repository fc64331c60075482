import { useNavigate } from "@tanstack/react-router";
import { App, Button } from "antd";
import i18next from "i18next";
import { useCallback } from "react";
import { ApiError } from "@/api/errors";
import { mergedInto } from "@/api/merge";
import { activateLateTexts } from "@/i18n/i18n";

/** Offers the record another one went into; whoever types here may finish first. */
export function useOfferSurvivor(): (into: { object: string; id: string }) => void {
  const navigate = useNavigate();
  const { notification } = App.useApp();
  return useCallback(
    (into) => {
      const key = `merged-${into.id}`;
      const open = () => {
        notification.destroy(key);
        void navigate({ to: "/r/$object/$id", params: into });
      };
      void activateLateTexts().then(() =>
        notification.warning({
          key,
          duration: 0,
          title: i18next.t("merging.mergedTitle"),
          actions: (
            <Button size="small" type="link" onClick={open}>
              {i18next.t("merging.openSurvivor")}
            </Button>
          ),
        }),
      );
    },
    [navigate, notification],
  );
}

/** The same where a change was refused for that reason. */
export function useMergedOffer(): (error: unknown) => void {
  const offer = useOfferSurvivor();
  return useCallback(
    (error) => {
      const into = error instanceof ApiError ? mergedInto(error) : null;
      if (into) offer(into);
    },
    [offer],
  );
}
