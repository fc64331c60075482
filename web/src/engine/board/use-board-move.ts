import { useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
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
import { type RecordListData, storeRecord, wireValues } from "../records";
import { useMe } from "../session";
import { type BoardColumn, columnSort } from "./columns";
import {
  actionValues,
  inputsNamed,
  inputsToAsk,
  moveAction,
  moveInAggregate,
  ownValues,
  putCard,
  returningValues,
  takeCard,
} from "./moves";

export interface PendingMove {
  record: RecordData;
  from: BoardColumn;
  to: BoardColumn;
  inputs: FieldMeta[];
  /** What was given before, so that nothing is typed twice. */
  values: FieldValues;
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
  /** What is summed over a column. */
  sums: FieldMeta[];
}

/** Moves a card: shown at once, taken back with the reason if refused, undone from the toast. */
export function useBoardMove({ object, board, queryOf, aggregateKey, sums }: BoardData) {
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
        data ? moveInAggregate(data, record, from.key, to.key, sums) : data,
      );
      return () => {
        for (const [key, data] of before) queryClient.setQueryData(key, data);
      };
    },
    [object.name, board, queryOf, aggregateKey, queryClient, sums],
  );

  const send = async (record: RecordData, to: BoardColumn, values: FieldValues, version: number | undefined) => {
    const own = ownValues(object, action, values);
    if (action) {
      // What the action does not take is saved first: the move is allowed only with it.
      if (Object.keys(own).length > 0) await updateRecord(object.name, record.id, wireValues(own));
      const input = wireValues(actionValues(action, board.group_by, to.key, values));
      await runAction(object.name, record.id, action.name, input);
      return readRecord(object.name, record.id, queryOf(to).fields);
    }
    const based = version === undefined ? {} : { version, merge: true };
    return updateRecord(object.name, record.id, { ...wireValues(own), [board.group_by]: to.key }, based);
  };

  /** A column that was read while the card was on its way may have it where it was: what is kept is put right, what is
   * still being read is read anew. */
  const settle = (record: RecordData, from: BoardColumn, to: BoardColumn) => {
    const [left, entered] = [from, to].map((column) => queryKeys.list(object.name, queryOf(column)));
    queryClient.setQueryData<RecordListData>(left ?? [], (data) => takeCard(data, record.id));
    queryClient.setQueryData<RecordListData>(entered ?? [], (data) =>
      data?.pages.some((page) => page.items.some((it) => it.id === record.id))
        ? data
        : putCard(data, record, columnSort(board, to)),
    );
    for (const queryKey of [left, entered]) {
      const reading = queryKey && queryClient.getQueryState(queryKey)?.fetchStatus === "fetching";
      if (reading) void queryClient.invalidateQueries({ queryKey });
    }
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
      refused(error, { record, from, to, inputs: options.inputs ?? [], values });
      return;
    }
    settle(saved, from, to);
    if (!options.undoable) return;
    undoToast(t("board.moved", { column: label(to.label) }), () => {
      const back = action ? returningValues(action, board.group_by, record, viewer) : {};
      void run(saved, to, from, back, { undoable: false, version: saved.version });
    });
  };

  const refused = (error: unknown, tried: Omit<PendingMove, "error">) => {
    if (!(error instanceof ApiError)) {
      void message.error(errorText(error));
      return;
    }
    if (error.conflict) {
      setConflict({ error, record: tried.record, from: tried.from, to: tried.to });
      return;
    }
    // What the move turns out to need is asked for in place.
    const more = inputsNamed(object, action, board.group_by, error.fieldErrors, tried.inputs);
    const inputs = [...tried.inputs, ...more];
    const about = error.fieldErrors.some((one) => inputs.some((it) => it.name === one.field.split(".")[0]));
    if (about) setPending({ ...tried, inputs, error });
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
        setPending({ record, from, to, inputs, values: {}, error: null });
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

/** What a card knows of moving. */
export type CardMove = Pick<BoardMove, "canMove" | "move">;

/** The same as long as it says the same: the cards are not drawn anew because the board is. */
export function useCardMove({ canMove, move }: BoardMove): CardMove {
  const latest = useRef(move);
  useEffect(() => {
    latest.current = move;
  });
  return useMemo(() => ({ canMove, move: (...moved) => latest.current(...moved) }), [canMove]);
}
