import {
  type Announcements,
  DndContext,
  type DragEndEvent,
  DragOverlay,
  KeyboardSensor,
  MouseSensor,
  pointerWithin,
  rectIntersection,
  TouchSensor,
  useDndContext,
  useSensor,
  useSensors,
} from "@dnd-kit/core";
import { useTranslation } from "react-i18next";
import type { BoardMeta, ListQuery, ObjectMeta } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { type Carried, LiftedCard } from "./board-card";
import { BoardColumnView } from "./board-column";
import type { ColumnTotals } from "./board-screen";
import type { BoardColumn } from "./columns";
import { columnId, columnOfId, nextColumnCoordinates } from "./keyboard";
import type { CardMove } from "./use-board-move";

export interface BoardBodyProps {
  object: ObjectMeta;
  board: BoardMeta;
  columns: BoardColumn[];
  queryOf: (column: BoardColumn) => ListQuery;
  totalsOf: (column: BoardColumn) => ColumnTotals | null;
  move: CardMove;
}

interface BoardColumnsProps extends BoardBodyProps {
  folded: string[];
  onFold: (column: BoardColumn, folded: boolean) => void;
}

/** A card goes into a column, not to a place in it: at the edge the board goes on, and no column does. */
const AUTO_SCROLL = { canScroll: (element: Element) => element.classList.contains("gx-board") };

/** The columns side by side. Space takes a card up, the arrows carry it, space puts it down, Escape gives up. */
export function BoardColumns(props: BoardColumnsProps) {
  const { object, board, columns, queryOf, totalsOf, move, folded, onFold } = props;
  const { t } = useTranslation();
  const label = useLabel();
  const sensors = useSensors(
    useSensor(MouseSensor, { activationConstraint: { distance: 6 } }),
    useSensor(TouchSensor, { activationConstraint: { delay: 220, tolerance: 8 } }),
    useSensor(KeyboardSensor, {
      coordinateGetter: nextColumnCoordinates,
      keyboardCodes: { start: ["Space"], end: ["Space", "Enter"], cancel: ["Escape"] },
    }),
  );
  const columnNamed = (id: string | number | undefined) => columnOfId(columns, id);
  const end = ({ active, over }: DragEndEvent) => {
    const to = columnNamed(over?.id);
    const carried = active.data.current as Carried | undefined;
    if (carried && to) move.move(carried.record, carried.from, to);
  };
  const announcements: Announcements = {
    onDragStart: ({ active }) => t("board.picked", { card: (active.data.current as Carried | undefined)?.title ?? "" }),
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
      autoScroll={AUTO_SCROLL}
      onDragEnd={end}
      accessibility={{ announcements, screenReaderInstructions: { draggable: t("board.instructions") } }}
    >
      <div className="gx-board" data-calm>
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
      <CardInHand object={object} board={board} />
    </DndContext>
  );
}

/** By itself, so that the columns are not drawn anew when a card is taken up. */
function CardInHand({ object, board }: { object: ObjectMeta; board: BoardMeta }) {
  const { active } = useDndContext();
  const carried = active?.data.current as Carried | undefined;
  return (
    <DragOverlay dropAnimation={null} className="gx-card-in-hand">
      {carried ? <LiftedCard object={object} board={board} record={carried.record} /> : null}
    </DragOverlay>
  );
}
