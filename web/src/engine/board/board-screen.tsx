import { IconProvider } from "@ant-design/icons";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import type { BoardMeta, FieldMeta, ObjectMeta } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { ErrorState } from "@/ui/error-state";
import { useIsPhone } from "@/ui/use-media";
import { measureOf, sumQuery, useAggregate } from "../aggregate";
import { ConflictDialog } from "../conflict-dialog";
import { findField, useMeta } from "../meta";
import { ObjectHeader } from "../object-header";
import { useRetryFailed } from "../records";
import { usePreference } from "../session";
import { BoardColumns } from "./board-columns";
import { BoardHintsProvider } from "./board-context";
import { BoardToolbar } from "./board-toolbar";
import { sumText, weightedText } from "./column-sum";
import { type BoardColumn, boardColumns, columnQuery } from "./columns";
import { boardHints, hintFields } from "./hints";
import { columnId } from "./keyboard";
import type { OverLimit } from "./limits";
import { MoveDialog } from "./move-dialog";
import { PhoneBoard } from "./phone-board";
import { chosenOf } from "./quick-parts";
import { useBoardMove, useCardMove } from "./use-board-move";
import { useBoardView } from "./use-board-view";
import { useOverLimits } from "./use-over-limits";
import { isUsed, useStepSets } from "./used-steps";

/** Each icon looks through all styles of the page whether its own are among them. Those of the head brought them already. */
const PLAIN_ICONS = { zeroRuntime: true };

interface BoardScreenProps {
  object: ObjectMeta;
  board: BoardMeta;
  groupField: FieldMeta;
}

export interface ColumnTotals {
  count: number;
  /** What its records come to, as it is shown; null where nothing is summed. */
  sum: string | null;
  /** The same, weighted. */
  weighted: string | null;
  /** Who has more cards in it than its settings want. */
  over: OverLimit[];
}

/** Records in columns by their stage or state; a card moves by drag, by keyboard or from its menu. */
export function BoardScreen({ object, board, groupField }: BoardScreenProps) {
  const { t } = useTranslation();
  const phone = useIsPhone();
  const view = useBoardView(object);
  const { filter, q } = view;
  const formats = useFormats();
  const sumField = board.sum ? findField(object, board.sum) : null;
  const meta = useMeta();
  const hints = useMemo(() => boardHints(meta, object, board), [meta, object, board]);
  const sums = useMemo(() => [sumField, hints.weighted].filter((one) => one !== null), [sumField, hints]);
  const asked = sumQuery(sumField, board.group_by);
  const aggregateQuery = {
    ...asked,
    measures: hints.weighted ? `${asked.measures},sum(${hints.weighted.name})` : asked.measures,
    ...(filter ? { filter } : {}),
    ...(q ? { q } : {}),
  };
  const totals = useAggregate(object.name, aggregateQuery);
  const retry = useRetryFailed(object.name);
  const queryOf = useCallback(
    (column: BoardColumn) => columnQuery(object, board, column, { filter, q, more: hintFields(object, hints) }),
    [object, board, filter, q, hints],
  );
  const move = useBoardMove({
    object,
    board,
    queryOf,
    aggregateKey: queryKeys.aggregate(object.name, aggregateQuery),
    sums,
  });
  const all = useMemo(() => boardColumns(groupField), [groupField]);
  const over = useOverLimits(object, board.group_by, hints.settings, { filter, q });
  const totalsOf = (column: BoardColumn): ColumnTotals | null =>
    totals.data
      ? {
          count: measureOf(totals.data, "count", column.key),
          sum: sumField ? sumText(totals.data, sumField, formats, column.key) : null,
          weighted:
            sumField && hints.weighted && !column.closed
              ? weightedText(totals.data, sumField, hints.weighted, formats, column.key)
              : null,
          over: over.filter((one) => one.column === column.key),
        }
      : null;
  const sets = useStepSets(hints.steps);
  const chosen = hints.steps ? chosenOf(filter, hints.steps.of.name) : null;
  const isOffered = (column: BoardColumn) => !column.retired && isUsed(hints.steps, sets, chosen, String(column.key));
  // A column nobody can move a card into is there only while it still holds some.
  const shown = all.filter((column) => isOffered(column) || (totalsOf(column)?.count ?? 0) > 0);
  const shownIds = shown.map(columnId).join("\n");
  // The same list as long as it has the same columns: the cards know it.
  const columns = useMemo(() => all.filter((it) => shownIds.split("\n").includes(columnId(it))), [all, shownIds]);
  const closed = useMemo(() => all.filter((column) => column.closed).map((column) => String(column.key)), [all]);
  const [folded, setFolded] = usePreference<string[]>(`board.${object.name}.folded`, closed);
  const fold = (column: BoardColumn, fold: boolean) => {
    const key = String(column.key);
    setFolded(fold ? [...folded.filter((other) => other !== key), key] : folded.filter((other) => other !== key));
  };
  const cardMove = useCardMove(move);
  const shared = { object, board, columns, queryOf, totalsOf, move: cardMove };

  return (
    <BoardHintsProvider value={hints}>
      <div className="gx-board-page">
        <ObjectHeader object={object} />
        <BoardToolbar
          object={object}
          view={view}
          total={totals.data ? columns.reduce((sum, it) => sum + (totalsOf(it)?.count ?? 0), 0) : null}
          phone={phone}
        />
        {totals.error && !totals.data ? (
          <ErrorState error={totals.error} onRetry={retry} />
        ) : (
          <IconProvider value={PLAIN_ICONS}>
            {phone ? <PhoneBoard {...shared} /> : <BoardColumns {...shared} folded={folded} onFold={fold} />}
          </IconProvider>
        )}
        {move.pending ? (
          <MoveDialog
            key={move.pending.record.id}
            object={object}
            board={board}
            pending={move.pending}
            onAnswer={move.answer}
            onCancel={move.dismiss}
          />
        ) : null}
        {move.conflict ? (
          <ConflictDialog
            error={move.conflict.error}
            fields={[groupField]}
            mine={{ [board.group_by]: move.conflict.to.key }}
            onKeepMine={() => move.settleConflict(true)}
            onKeepTheirs={() => move.settleConflict(false)}
            onCancel={() => move.settleConflict(false)}
          />
        ) : null}
        <div className="gx-visually-hidden" aria-live="polite">
          {totals.isFetching ? t("common.loading") : ""}
        </div>
      </div>
    </BoardHintsProvider>
  );
}
