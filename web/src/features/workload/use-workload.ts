import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useTranslation } from "react-i18next";
import { readWorkload, type WorkloadQuery } from "@/api/calendar";
import { queryKeys } from "@/api/query-keys";
import type { FieldValues, WorkloadBoard, WorkloadItem } from "@/api/types";
import { useSaveRecord } from "@/engine/records";
import { useErrorText } from "@/ui/error-text";
import { useUndoToast } from "@/ui/undo-toast";
import { inOrder, movedTo, type Place, valuesBefore, withMoved } from "./workload-model";

const ACTIVITY = "activity";

/** The board, and moving what lies on it: shown at once, taken back with the reason if refused, undone from the toast. */
export function useWorkload(query: WorkloadQuery, timeZone: string) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const undoToast = useUndoToast();
  const queryClient = useQueryClient();
  const { mutateAsync } = useSaveRecord(ACTIVITY);
  const key = queryKeys.workload(query);
  const board = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => readWorkload(query, signal),
    select: inOrder,
    placeholderData: keepPreviousData,
    staleTime: 15_000,
    // What counts here and may not be seen in detail is not told: it is asked for.
    refetchInterval: 60_000,
    meta: { live: true, liveAlso: ["absence", "lead", "opportunity"] },
  });
  const save = async (item: WorkloadItem, values: FieldValues, undo: FieldValues | null): Promise<void> => {
    try {
      const saved = await mutateAsync({ id: item.id, values, version: item.version, merge: true });
      if (undo) {
        undoToast(t("workload.moved"), () => {
          void save({ ...item, version: Number(saved.version) }, undo, null);
        });
      }
    } catch (error) {
      void message.error(errorText(error));
    } finally {
      void queryClient.invalidateQueries({ queryKey: queryKeys.workload({}).slice(0, 3) });
      void queryClient.invalidateQueries({ queryKey: queryKeys.lists(ACTIVITY) });
    }
  };
  const move = (item: WorkloadItem, from: Place, to: Place) => {
    const values = movedTo(item, from, to, timeZone);
    if (Object.keys(values).length === 0) return;
    queryClient.setQueryData<WorkloadBoard>(key, (before) => (before ? withMoved(before, item, from, to) : before));
    void save(item, values, valuesBefore(item, from, values));
  };
  return { board, move };
}
