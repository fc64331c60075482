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
import type { TickedKeeper } from "./ticked";

const ACTION = "complete";

/** The version a record has after what was asked for, as the server tells it. */
function versionOf(answer: unknown): number | null {
  const version = typeof answer === "object" && answer !== null && "version" in answer ? answer.version : null;
  return typeof version === "number" ? version : null;
}

/** Ticks a task off at once; the toast takes it back. It stays in sight, struck through, until the list is left. */
export function useCompleteTask(activity: ObjectMeta, task: RecordData, keeper: TickedKeeper) {
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

  const settle = () => {
    void queryClient.invalidateQueries({ queryKey: queryKeys.aggregates(activity.name) });
    void queryClient.invalidateQueries({ queryKey: queryKeys.record(activity.name, task.id) });
  };
  const setStatus = async (from: string, to: string, send: () => Promise<unknown>): Promise<boolean> => {
    const wanted = { ...task, status: to };
    // Whatever a list says before the server has answered is older.
    keeper.keep(wanted, Number.POSITIVE_INFINITY);
    storeRecord(queryClient, activity.name, wanted);
    try {
      keeper.keep(wanted, versionOf(await send()) ?? task.version + 1);
      settle();
      return true;
    } catch (error) {
      keeper.forget(task.id);
      storeRecord(queryClient, activity.name, { ...task, status: from });
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
