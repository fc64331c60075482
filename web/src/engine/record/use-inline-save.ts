import { useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/errors";
import { readHistory } from "@/api/records";
import type { FieldValues, ObjectMeta, RecordData } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { useUndoToast } from "@/ui/undo-toast";
import { useMergedOffer } from "../merge/use-merged-offer";
import { findField } from "../meta";
import { storeRecord, useSaveRecord, useUndoChange, withValues } from "../records";

export interface InlineConflict {
  error: ApiError;
  values: FieldValues;
}

/** Finds the change that made a version of a record, which is what undo takes back. */
async function changeOfVersion(object: string, id: string, version: number): Promise<string | null> {
  const page = await readHistory(object, id, { limit: 20 });
  const exact = page.items.find((item) => item.version === version);
  return (exact ?? page.items[0])?.change_id ?? null;
}

/**
 * Saves fields edited in place: shown at once, taken back with the reason if refused, undone from the toast. What the
 * server refuses is thrown on, so that the field stays open with what was typed.
 */
export function useInlineSave(object: ObjectMeta, record: RecordData) {
  const { t } = useTranslation();
  const label = useLabel();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const undoToast = useUndoToast();
  const { mutateAsync } = useSaveRecord(object.name);
  const { mutateAsync: undoChange } = useUndoChange();
  const offerMerged = useMergedOffer();
  const [conflict, setConflict] = useState<InlineConflict | null>(null);

  const undo = useCallback(
    async (id: string, version: number) => {
      try {
        const change = await changeOfVersion(object.name, id, version);
        if (!change) return;
        const result = await undoChange(change);
        if (result.undone > 0) void message.success(t("record.undone"));
        else void message.warning(t("record.undoSkipped"));
      } catch (error) {
        void message.error(errorText(error));
      }
    },
    [object.name, undoChange, message, t, errorText],
  );

  const write = useCallback(
    async (base: RecordData, values: FieldValues, version: number): Promise<void> => {
      storeRecord(queryClient, object.name, withValues(base, values));
      try {
        const saved = await mutateAsync({ id: base.id, values, version, merge: true });
        const names = Object.keys(values).map((name) => label(findField(object, name)?.label));
        undoToast(
          t("record.savedField", { field: names.join(t("common.comma")) }),
          () => void undo(saved.id, saved.version),
        );
      } catch (error) {
        storeRecord(queryClient, object.name, base);
        if (error instanceof ApiError && error.conflict) {
          storeRecord(queryClient, object.name, error.conflict.current);
          setConflict({ error, values });
          return;
        }
        // What was typed stays in its field.
        offerMerged(error);
        throw error;
      }
    },
    [queryClient, object, mutateAsync, undoToast, undo, label, t, offerMerged],
  );

  const save = useCallback(
    (values: FieldValues, version = record.version) => write(record, values, version),
    [write, record],
  );
  const settleConflict = useCallback(
    async (mine: boolean) => {
      const current = conflict?.error.conflict?.current;
      setConflict(null);
      if (!mine || !conflict || !current) return;
      await write(current, conflict.values, current.version).catch(
        (error: unknown) => void message.error(errorText(error)),
      );
    },
    [conflict, write, message, errorText],
  );
  return { save, undo, conflict, settleConflict, dismissConflict: useCallback(() => setConflict(null), []) };
}
