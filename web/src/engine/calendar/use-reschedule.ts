import { useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/errors";
import type { FieldValues, ObjectMeta, RecordData } from "@/api/types";
import { useErrorText } from "@/ui/error-text";
import { useUndoToast } from "@/ui/undo-toast";
import { storeRecord, useSaveRecord, withValues } from "../records";
import { useBusyWarning } from "./busy-question";

/** Saves new times: shown at once, taken back with the reason if refused, undone from the toast; who is taken then is told. */
export function useReschedule(object: ObjectMeta) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const undoToast = useUndoToast();
  const { mutateAsync } = useSaveRecord(object.name);
  const warn = useBusyWarning(object);
  const [conflict, setConflict] = useState<{ error: ApiError; record: RecordData; values: FieldValues } | null>(null);

  const save = async (record: RecordData, values: FieldValues, undoable: boolean): Promise<void> => {
    const before = Object.fromEntries(Object.keys(values).map((name) => [name, record[name] ?? null]));
    storeRecord(queryClient, object.name, withValues(record, values));
    try {
      const saved = await mutateAsync({ id: record.id, values, version: record.version, merge: true });
      if (undoable) {
        undoToast(t("calendar.moved"), () => void save({ ...record, ...saved }, before, false));
        // What cannot be asked need not be warned of.
        void warn({ ...record, ...saved }, record.id).catch(() => undefined);
      }
    } catch (error) {
      storeRecord(queryClient, object.name, record);
      if (error instanceof ApiError && error.conflict) {
        storeRecord(queryClient, object.name, error.conflict.current);
        setConflict({ error, record, values });
      } else {
        void message.error(errorText(error));
      }
    }
  };
  const settle = (mine: boolean) => {
    const current = conflict?.error.conflict?.current;
    setConflict(null);
    if (mine && conflict && current) void save({ ...conflict.record, ...current }, conflict.values, true);
  };
  return {
    reschedule: (record: RecordData, values: FieldValues) => void save(record, values, true),
    conflict,
    settle,
  };
}
