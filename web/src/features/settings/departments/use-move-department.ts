import { useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useTranslation } from "react-i18next";
import type { RecordData, Reference } from "@/api/types";
import { invalidateObject, storeRecord, useSaveRecord, withValues } from "@/engine/records";
import { asReference, asText } from "@/fields/values";
import { useErrorText } from "@/ui/error-text";
import { useUndoToast } from "@/ui/undo-toast";

/** Moves a department below another, or to the top: shown at once, taken back if refused, undone from the toast. */
export function useMoveDepartment(): (record: RecordData, parent: Reference | null) => Promise<void> {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const undoToast = useUndoToast();
  const save = useSaveRecord("department");
  const move = async (record: RecordData, parent: Reference | null, undoable: boolean): Promise<void> => {
    storeRecord(queryClient, "department", withValues(record, { parent }));
    try {
      const saved = await save.mutateAsync({ id: record.id, version: record.version, merge: true, values: { parent } });
      if (!undoable) return;
      const text = t(parent ? "settings.departments.moved" : "settings.departments.movedUp", {
        name: asText(record.name),
        parent: parent?.label,
      });
      undoToast(text, () => void move(saved, asReference(record.parent), false));
    } catch (error) {
      storeRecord(queryClient, "department", record);
      void invalidateObject(queryClient, "department");
      void message.error(errorText(error));
    }
  };
  return (record, parent) => move(record, parent, true);
}
