import { Button } from "antd";
import { memo, useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { BoardMeta, ListQuery, ObjectMeta } from "@/api/types";
import { useErrorText } from "@/ui/error-text";
import { useRecordList, useRetryFailed } from "../records";
import { CardStack } from "./card-stack";
import type { BoardColumn } from "./columns";
import type { CardMove } from "./use-board-move";

interface CardListProps {
  object: ObjectMeta;
  board: BoardMeta;
  column: BoardColumn;
  columns: BoardColumn[];
  query: ListQuery;
  move: CardMove;
  draggable: boolean;
}

/** The cards of a column, read as one scrolls. */
export const CardList = memo(function CardList(props: CardListProps) {
  const { object, board, column, columns, query, move, draggable } = props;
  const { t } = useTranslation();
  const errorText = useErrorText();
  const list = useRecordList(object.name, query);
  const retry = useRetryFailed(object.name);
  const items = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const place = useMemo(() => ({ column, columns, move }), [column, columns, move]);
  const { fetchNextPage } = list;
  const onMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  if (list.isPending) {
    return (
      <div className="gx-board-cards" role="status" aria-label={t("common.loading")}>
        <div className="gx-board-ghost" data-loading />
        <div className="gx-board-ghost" data-loading />
        <div className="gx-board-ghost" data-loading />
      </div>
    );
  }
  if (list.error && items.length === 0) {
    return (
      <div className="gx-board-cards">
        <div className="gx-board-note" role="alert">
          {errorText(list.error)}
          <Button size="small" onClick={retry}>
            {t("common.retry")}
          </Button>
        </div>
      </div>
    );
  }
  return (
    <CardStack
      object={object}
      board={board}
      place={place}
      items={items}
      draggable={draggable && move.canMove}
      stale={list.isPlaceholderData && list.isFetching}
      more={list.hasNextPage}
      loadingMore={list.isFetchingNextPage}
      moreFailed={list.isFetchNextPageError}
      onMore={onMore}
    />
  );
});
