import { useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { createElement, useCallback } from "react";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { undoChange } from "@/api/records";
import { useErrorText } from "@/ui/error-text";
import { SkippedList } from "./skipped-list";

/**
 * Takes a merge back and says what came of it. `names` are those of the records it was about, as far as they are known.
 * It outlives whoever asked for it: the page has gone by then.
 */
export function useUndoMerge(): (changeId: string, names: ReadonlyMap<string, string>) => Promise<boolean> {
  const { t } = useTranslation();
  const { message, notification } = App.useApp();
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  return useCallback(
    async (changeId, names) => {
      try {
        const { undone, skipped } = await undoChange(changeId);
        void queryClient.invalidateQueries({ queryKey: queryKeys.records });
        if (skipped.length === 0) void message.success(t("merging.undone", { n: undone }));
        else {
          notification.warning({
            title: undone > 0 ? t("merging.undonePartly") : t("merging.nothingUndone"),
            description: createElement(SkippedList, { skipped, names }),
            duration: 0,
          });
        }
        return undone > 0;
      } catch (error) {
        void message.error(errorText(error));
        return false;
      }
    },
    [t, message, notification, queryClient, errorText],
  );
}
