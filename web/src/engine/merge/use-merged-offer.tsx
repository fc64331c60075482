import { useNavigate } from "@tanstack/react-router";
import { App, Button } from "antd";
import i18next from "i18next";
import { useCallback } from "react";
import { ApiError } from "@/api/errors";
import { mergedInto } from "@/api/merge";
import { activateLateTexts } from "@/i18n/i18n";

/** Offers what became of a record, where a change was refused because it went into another one. */
export function useMergedOffer(): (error: unknown) => void {
  const navigate = useNavigate();
  const { notification } = App.useApp();
  return useCallback(
    (error) => {
      const into = error instanceof ApiError ? mergedInto(error) : null;
      if (!into) return;
      const key = `merged-${into.id}`;
      const open = () => {
        notification.destroy(key);
        void navigate({ to: "/r/$object/$id", params: into });
      };
      void activateLateTexts().then(() =>
        notification.warning({
          key,
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
