import { useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { runAction, updateRecord } from "@/api/records";
import type { ObjectMeta, RecordData } from "@/api/types";
import { findField } from "@/engine/meta";
import { storeRecord } from "@/engine/records";
import { asText } from "@/fields/values";
import { useErrorText } from "@/ui/error-text";
import { useUndoToast } from "@/ui/undo-toast";

const ACTION = "complete";

/** Ticks a task off at once; the toast takes it back. It stays in sight, struck through, until the list is read again. */
export function useCompleteTask(activity: ObjectMeta, task: RecordData) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const undoToast = useUndoToast();
  const options = findField(activity, "status")?.options ?? [];
  const finished = options.find((option) => option.won) ?? options.find((option) => option.closed);
  const status = asText(task.status);
  const done = options.some((option) => option.value === status && option.closed);
  const hasAction = activity.actions.some((action) => action.name === ACTION);
  const change = (to: string) => updateRecord(activity.name, task.id, { status: to });

  const show = (value: string) => storeRecord(queryClient, activity.name, { ...task, status: value });
  const settle = () => {
    void queryClient.invalidateQueries({ queryKey: queryKeys.aggregates(activity.name) });
    void queryClient.invalidateQueries({ queryKey: queryKeys.record(activity.name, task.id) });
  };
  const setStatus = async (from: string, to: string, send: () => Promise<unknown>): Promise<boolean> => {
    show(to);
    try {
      await send();
      // A list that was being read meanwhile may have come as it was before.
      show(to);
      settle();
      return true;
    } catch (error) {
      show(from);
      void message.error(errorText(error));
      return false;
    }
  };
  const reopen = (before: string) => void setStatus(finished?.value ?? "", before, () => change(before));
  const complete = async () => {
    if (!finished) return;
    if (done) {
      const open = options.find((option) => !option.closed);
      if (open) reopen(open.value);
      return;
    }
    const send = (): Promise<unknown> =>
      hasAction ? runAction(activity.name, task.id, ACTION, {}) : change(finished.value);
    if (await setStatus(status, finished.value, send)) {
      undoToast(t("home.tasks.completed", { name: asText(task.subject) }), () => reopen(status));
    }
  };
  return {
    done,
    complete: () => void complete(),
    canComplete: finished !== undefined && (hasAction || activity.access.update),
  };
}
