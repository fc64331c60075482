import { Button } from "antd";
import { useTranslation } from "react-i18next";
import type { BoardMeta, ListQuery, ObjectMeta } from "@/api/types";
import { useErrorText } from "@/ui/error-text";
import { useRecordList, useRetryFailed } from "../records";
import { DraggableCard } from "./board-card";
import type { BoardColumn } from "./columns";
import type { BoardMove } from "./use-board-move";

interface CardListProps {
  object: ObjectMeta;
  board: BoardMeta;
  column: BoardColumn;
  columns: BoardColumn[];
  query: ListQuery;
  move: BoardMove;
  draggable: boolean;
}

/** The cards of a column, a page at a time. */
export function CardList({ object, board, column, columns, query, move, draggable }: CardListProps) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const list = useRecordList(object.name, query);
  const retry = useRetryFailed(object.name);
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  if (list.isPending) {
    return (
      <div className="gx-board-cards" role="status" aria-label={t("common.loading")}>
        <div className="gx-board-ghost" />
        <div className="gx-board-ghost" />
        <div className="gx-board-ghost" />
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
    <ul className="gx-board-cards" data-stale={(list.isPlaceholderData && list.isFetching) || undefined}>
      {items.map((record) => (
        <li key={record.id}>
          <DraggableCard
            object={object}
            board={board}
            record={record}
            column={column}
            columns={columns}
            move={move}
            draggable={draggable && move.canMove}
          />
        </li>
      ))}
      {items.length === 0 ? <li className="gx-board-note">{t("board.empty")}</li> : null}
      {list.hasNextPage ? (
        <li>
          <Button block type="text" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {list.isFetchNextPageError ? t("common.retry") : t("board.more")}
          </Button>
        </li>
      ) : null}
    </ul>
  );
}
