import { useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useTranslation } from "react-i18next";
import type { BulkChange, BulkInput, BulkResult, ObjectMeta } from "@/api/types";
import { useErrorText } from "@/ui/error-text";
import { useUndoToast } from "@/ui/undo-toast";
import { dropRecords, useBulkChange, useUndoChange } from "../records";
import type { ListViewState } from "./use-list-view";
import type { Selection } from "./use-selection";

/**
 * Runs one change over the selection, says how it went, and offers to take it back. `expected` are the records that were named to
 * whoever does it, where all that match are meant: where there are others by now, the server refuses.
 */
export function useBulk(object: ObjectMeta, state: ListViewState, selection: Selection, expected: number | null) {
  const { t } = useTranslation();
  const { message, notification } = App.useApp();
  const queryClient = useQueryClient();
  const bulk = useBulkChange(object.name);
  const undo = useUndoChange();
  const undoToast = useUndoToast();
  const errorText = useErrorText();

  const what = (): Pick<BulkInput, "ids" | "filter" | "q" | "expected_count"> =>
    selection.everything
      ? { filter: state.config.filter || "true", q: state.q || null, expected_count: expected }
      : { ids: [...selection.ids] };

  // Asked for after the selection is gone, and with it what called this: an answer bound to that would never come.
  const takeBack = (result: BulkResult) =>
    undo.mutateAsync(result.change_id).then(
      ({ undone, skipped }) =>
        void message.info(
          skipped.length > 0 ? t("list.undoSkipped", { n: undone, skipped: skipped.length }) : t("list.undone"),
        ),
      (error: unknown) => void message.error(errorText(error)),
    );

  const run = async (change: BulkChange): Promise<boolean> => {
    try {
      const result = await bulk.mutateAsync({ ...what(), change });
      if ("delete" in change || "restore" in change) dropRecords(queryClient, object.name, selection.ids);
      selection.clear();
      const n = result.succeeded;
      if (n > 0) {
        const text =
          "delete" in change
            ? t("list.bulkDeleted", { n })
            : "restore" in change
              ? t("list.bulkRestored", { n })
              : t("list.bulkDone", { n });
        undoToast(text, () => void takeBack(result));
      }
      if (result.failed > 0) {
        const problem = result.problems[0]?.problem;
        const reason = problem?.field_errors?.[0]?.message ?? problem?.detail ?? problem?.title ?? "";
        notification.warning({ title: t("list.bulkFailed", { n: result.failed, reason }), duration: 10 });
      }
      return true;
    } catch (error) {
      void message.error(errorText(error));
      return false;
    }
  };
  return { run, pending: bulk.isPending };
}

export type Bulk = ReturnType<typeof useBulk>;
