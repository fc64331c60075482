import { useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/errors";
import { queryKeys } from "@/api/query-keys";
import { readRecord, runAction, updateRecord } from "@/api/records";
import type {
  AggregateResult,
  BoardMeta,
  FieldMeta,
  FieldValues,
  ListQuery,
  ObjectMeta,
  RecordData,
} from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { useUndoToast } from "@/ui/undo-toast";
import { findField } from "../meta";
import { type RecordListData, storeRecord, wireValues } from "../records";
import { useMe } from "../session";
import { type BoardColumn, cardFields, columnSort } from "./columns";
import { actionValues, inputsToAsk, moveAction, moveInAggregate, putCard, returningValues, takeCard } from "./moves";

export interface PendingMove {
  record: RecordData;
  from: BoardColumn;
  to: BoardColumn;
  inputs: FieldMeta[];
  /** Why the server refused what was given. */
  error: ApiError | null;
}

export interface MoveConflict {
  error: ApiError;
  record: RecordData;
  from: BoardColumn;
  to: BoardColumn;
}

interface BoardData {
  object: ObjectMeta;
  board: BoardMeta;
  queryOf: (column: BoardColumn) => ListQuery;
  aggregateKey: readonly unknown[];
}

/** Moves a card: shown at once, taken back with the reason if refused, undone from the toast. */
export function useBoardMove({ object, board, queryOf, aggregateKey }: BoardData) {
  const { t } = useTranslation();
  const label = useLabel();
  const me = useMe();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const undoToast = useUndoToast();
  const [pending, setPending] = useState<PendingMove | null>(null);
  const [conflict, setConflict] = useState<MoveConflict | null>(null);
  const action = moveAction(object, board.move_action);
  const sumField = board.sum ? findField(object, board.sum) : null;
  const viewer = {
    id: me.user.id,
    department: me.user.department?.id ?? null,
    roles: me.user.roles,
    timeZone: me.time_zone,
  };

  /** Draws the move and answers how to take it back. */
  const draw = useCallback(
    (record: RecordData, from: BoardColumn, to: BoardColumn): (() => void) => {
      const keys = [from, to].map((column) => queryKeys.list(object.name, queryOf(column)));
      const before = [...keys, aggregateKey].map((key) => [key, queryClient.getQueryData(key)] as const);
      for (const key of keys) void queryClient.cancelQueries({ queryKey: key });
      const moved = { ...record, [board.group_by]: to.key };
      queryClient.setQueryData<RecordListData>(keys[0] ?? [], (data) => takeCard(data, record.id));
      queryClient.setQueryData<RecordListData>(keys[1] ?? [], (data) => putCard(data, moved, columnSort(board, to)));
      queryClient.setQueryData<AggregateResult>(aggregateKey, (data) =>
        data ? moveInAggregate(data, record, from.key, to.key, sumField) : data,
      );
      return () => {
        for (const [key, data] of before) queryClient.setQueryData(key, data);
      };
    },
    [object.name, board, queryOf, aggregateKey, queryClient, sumField],
  );

  const send = async (record: RecordData, to: BoardColumn, values: FieldValues, version: number | undefined) => {
    if (action) {
      const input = wireValues(actionValues(action, board.group_by, to.key, values));
      await runAction(object.name, record.id, action.name, input);
      return readRecord(object.name, record.id, cardFields(object, board));
    }
    const based = version === undefined ? {} : { version, merge: true };
    return updateRecord(object.name, record.id, { [board.group_by]: to.key }, based);
  };

  const settle = (record: RecordData) => {
    storeRecord(queryClient, object.name, record);
    void queryClient.invalidateQueries({ queryKey: queryKeys.aggregates(object.name) });
    void queryClient.invalidateQueries({ queryKey: queryKeys.record(object.name, record.id) });
  };

  const run = async (
    record: RecordData,
    from: BoardColumn,
    to: BoardColumn,
    values: FieldValues,
    options: { undoable: boolean; version: number | undefined; inputs?: FieldMeta[] },
  ): Promise<void> => {
    const takeBack = draw(record, from, to);
    let saved: RecordData;
    try {
      saved = await send(record, to, values, options.version);
    } catch (error) {
      takeBack();
      refused(error, record, from, to, options.inputs ?? []);
      return;
    }
    settle(saved);
    if (!options.undoable) return;
    undoToast(t("board.moved", { column: label(to.label) }), () => {
      const back = action ? returningValues(action, board.group_by, record, viewer) : {};
      void run(saved, to, from, back, { undoable: false, version: saved.version });
    });
  };

  const refused = (error: unknown, record: RecordData, from: BoardColumn, to: BoardColumn, inputs: FieldMeta[]) => {
    if (error instanceof ApiError && error.conflict) {
      setConflict({ error, record, from, to });
      return;
    }
    const asked =
      error instanceof ApiError && error.fieldErrors.some((one) => inputs.some((it) => it.name === one.field));
    if (asked) setPending({ record, from, to, inputs, error: error as ApiError });
    else void message.error(errorText(error));
  };

  const move = (record: RecordData, from: BoardColumn, to: BoardColumn) => {
    if (from.key === to.key || to.retired) return;
    let values: FieldValues = {};
    if (action) {
      const { ask, inputs, given } = inputsToAsk(
        action,
        board.group_by,
        { ...record, [board.group_by]: to.key },
        viewer,
      );
      if (ask) {
        setPending({ record, from, to, inputs, error: null });
        return;
      }
      values = given;
    }
    void run(record, from, to, values, { undoable: true, version: record.version });
  };

  const answer = (values: FieldValues) => {
    if (!pending) return;
    const { record, from, to, inputs } = pending;
    setPending(null);
    void run(record, from, to, values, { undoable: true, version: record.version, inputs });
  };

  const settleConflict = (mine: boolean) => {
    const current = conflict?.error.conflict?.current;
    setConflict(null);
    if (!conflict || !current) return;
    if (mine) void run(conflict.record, conflict.from, conflict.to, {}, { undoable: true, version: current.version });
    else void queryClient.invalidateQueries({ queryKey: queryKeys.object(object.name) });
  };

  return {
    canMove: object.access.update && (board.move_action === null || action !== null),
    move,
    pending,
    answer,
    dismiss: () => setPending(null),
    conflict,
    settleConflict,
  };
}

export type BoardMove = ReturnType<typeof useBoardMove>;
