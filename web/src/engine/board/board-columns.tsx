import {
  type Announcements,
  DndContext,
  type DragEndEvent,
  DragOverlay,
  type DragStartEvent,
  KeyboardSensor,
  MouseSensor,
  pointerWithin,
  rectIntersection,
  TouchSensor,
  useSensor,
  useSensors,
} from "@dnd-kit/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BoardMeta, ListQuery, ObjectMeta, RecordData } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { BoardCard } from "./board-card";
import { BoardColumnView } from "./board-column";
import type { ColumnTotals } from "./board-screen";
import type { BoardColumn } from "./columns";
import { columnId, columnOfId, nextColumnCoordinates } from "./keyboard";
import type { BoardMove } from "./use-board-move";

export interface BoardBodyProps {
  object: ObjectMeta;
  board: BoardMeta;
  columns: BoardColumn[];
  queryOf: (column: BoardColumn) => ListQuery;
  totalsOf: (column: BoardColumn) => ColumnTotals | null;
  move: BoardMove;
}

interface BoardColumnsProps extends BoardBodyProps {
  folded: string[];
  onFold: (column: BoardColumn, folded: boolean) => void;
}

interface Dragged {
  record: RecordData;
  from: BoardColumn;
  title: string;
}

/** The columns side by side. Space takes a card up, the arrows carry it, space puts it down, Escape gives up. */
export function BoardColumns(props: BoardColumnsProps) {
  const { object, board, columns, queryOf, totalsOf, move, folded, onFold } = props;
  const { t } = useTranslation();
  const label = useLabel();
  const [dragged, setDragged] = useState<Dragged | null>(null);
  const sensors = useSensors(
    useSensor(MouseSensor, { activationConstraint: { distance: 6 } }),
    useSensor(TouchSensor, { activationConstraint: { delay: 220, tolerance: 8 } }),
    useSensor(KeyboardSensor, {
      coordinateGetter: nextColumnCoordinates,
      keyboardCodes: { start: ["Space"], end: ["Space", "Enter"], cancel: ["Escape"] },
    }),
  );
  const columnNamed = (id: string | number | undefined) => columnOfId(columns, id);
  const start = ({ active }: DragStartEvent) => setDragged((active.data.current as Dragged | undefined) ?? null);
  const end = ({ over }: DragEndEvent) => {
    const to = columnNamed(over?.id);
    if (dragged && to) move.move(dragged.record, dragged.from, to);
    setDragged(null);
  };
  const announcements: Announcements = {
    onDragStart: ({ active }) => t("board.picked", { card: (active.data.current as Dragged | undefined)?.title ?? "" }),
    onDragOver: ({ over }) => {
      const column = columnNamed(over?.id);
      return column ? t("board.over", { column: label(column.label) }) : undefined;
    },
    onDragEnd: ({ over }) => {
      const column = columnNamed(over?.id);
      return column ? t("board.dropped", { column: label(column.label) }) : t("board.cancelled");
    },
    onDragCancel: () => t("board.cancelled"),
  };
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={(args) => (args.pointerCoordinates ? pointerWithin(args) : rectIntersection(args))}
      onDragStart={start}
      onDragEnd={end}
      onDragCancel={() => setDragged(null)}
      accessibility={{ announcements, screenReaderInstructions: { draggable: t("board.instructions") } }}
    >
      <div className="gx-board">
        {columns.map((column) => (
          <BoardColumnView
            key={columnId(column)}
            object={object}
            board={board}
            column={column}
            columns={columns}
            query={queryOf(column)}
            totals={totalsOf(column)}
            move={move}
            folded={folded.includes(String(column.key))}
            onFold={(next) => onFold(column, next)}
          />
        ))}
      </div>
      <DragOverlay dropAnimation={null}>
        {dragged ? <BoardCard object={object} board={board} record={dragged.record} lifted /> : null}
      </DragOverlay>
    </DndContext>
  );
}
