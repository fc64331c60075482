import { useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useCallback, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/errors";
import type { FieldValue, ObjectMeta, RecordData } from "@/api/types";
import { sameValue } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { useUndoToast } from "@/ui/undo-toast";
import { useMayUpdate } from "../record/use-record-rights";
import { storeRecord, useSaveRecord } from "../records";
import type { GridColumn } from "./columns";
import type { CellEdit } from "./grid-row";

/** So long a record that was changed is one that may be changed: the server says otherwise where that is no longer so. */
const KNOWN_FOR_MS = 30_000;
/** So long the list takes no keys after a cell was closed under somebody's hands. */
const KEYS_REST_MS = 800;

export interface CellConflict {
  error: ApiError;
  record: RecordData;
  column: GridColumn;
  value: FieldValue;
}

/** Saving one cell: shown at once, taken back with a reason if refused, undone from the toast. */
export function useCellEdit(object: ObjectMeta) {
  const { t } = useTranslation();
  const label = useLabel();
  const queryClient = useQueryClient();
  const save = useSaveRecord(object.name);
  const { message } = App.useApp();
  const errorText = useErrorText();
  const undoToast = useUndoToast();
  const [edit, setEdit] = useState<CellEdit | null>(null);
  const [refused, setRefused] = useState(false);
  const [conflict, setConflict] = useState<CellConflict | null>(null);
  const { mutateAsync } = save;
  const mayUpdate = useMayUpdate(object);
  const wanted = useRef(0);
  const saved = useRef(new Map<string, number>());

  /**
   * Opens a cell, and closes it again, saying why, where the caller may see the record and not change it. It is open before that
   * is known: what he types meanwhile belongs to the cell, and would be commands to the list.
   */
  const begin = useCallback(
    (record: RecordData, column: GridColumn) => {
      wanted.current += 1;
      const asked = wanted.current;
      setEdit({ id: record.id, path: column.path });
      // He changed another cell of it a moment ago.
      if (Date.now() - (saved.current.get(record.id) ?? 0) < KNOWN_FOR_MS) return;
      void mayUpdate(record).then((may) => {
        // He is done with it, or went on to another cell meanwhile.
        if (may || asked !== wanted.current) return;
        wanted.current += 1;
        setEdit(null);
        setRefused(true);
        setTimeout(() => setRefused(false), KEYS_REST_MS);
        void message.info(t("list.cellNotYours"));
      });
    },
    [mayUpdate, message, t],
  );

  const write = useCallback(
    async (record: RecordData, column: GridColumn, value: FieldValue, version: number | undefined) => {
      const before = record[column.path] ?? null;
      // The one cell alone: the rest of the row may be newer than what this edit began from.
      const cell = (shown: FieldValue) => ({ id: record.id, [column.path]: shown }) as RecordData;
      storeRecord(queryClient, object.name, cell(value));
      try {
        const after = await mutateAsync({
          id: record.id,
          values: { [column.path]: value },
          merge: true,
          ...(version === undefined ? {} : { version }),
        });
        saved.current.set(record.id, Date.now());
        undoToast(t("list.savedField", { field: label(column.field.label) }), () => {
          storeRecord(queryClient, object.name, { ...after, [column.path]: before });
          mutateAsync({ id: record.id, values: { [column.path]: before }, version: after.version, merge: true }).catch(
            (error: unknown) => {
              storeRecord(queryClient, object.name, after);
              void message.error(errorText(error));
            },
          );
        });
      } catch (error) {
        storeRecord(queryClient, object.name, cell(before as FieldValue));
        if (error instanceof ApiError && error.conflict) {
          storeRecord(queryClient, object.name, error.conflict.current);
          setConflict({ error, record, column, value });
          return;
        }
        const refused = error instanceof ApiError && (error.status === 422 || error.status === 400);
        if (refused) setEdit({ id: record.id, path: column.path, value, error: errorText(error) });
        else void message.error(errorText(error));
      }
    },
    [queryClient, object.name, mutateAsync, undoToast, t, label, message, errorText],
  );

  const commit = useCallback(
    (record: RecordData, column: GridColumn, value: FieldValue) => {
      wanted.current += 1;
      setEdit(null);
      if (!sameValue(record[column.path], value)) void write(record, column, value, record.version);
    },
    [write],
  );
  const cancel = useCallback(() => {
    wanted.current += 1;
    setEdit(null);
  }, []);
  const settleConflict = useCallback(
    (mine: boolean) => {
      setConflict(null);
      const current = conflict?.error.conflict?.current;
      if (mine && conflict && current) void write(current, conflict.column, conflict.value, current.version);
    },
    [conflict, write],
  );
  /** Whether what is typed belongs to a cell, or was meant for one. */
  const typing = edit !== null || refused;
  return { edit, typing, begin, commit, cancel, conflict, settleConflict };
}
