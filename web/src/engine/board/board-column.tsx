import { LeftOutlined, PlusOutlined, RightOutlined } from "@ant-design/icons";
import { useDroppable } from "@dnd-kit/core";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import type { BoardMeta, ListQuery, ObjectMeta } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { useAppearance } from "@/ui/appearance";
import { solidColor } from "@/ui/theme";
import { NewRecordLink } from "../form/new-record";
import { useBoardHints } from "./board-context";
import type { ColumnTotals } from "./board-screen";
import { CardList } from "./card-list";
import { ColumnSum } from "./column-sum";
import { type BoardColumn, columnCondition } from "./columns";
import { columnId } from "./keyboard";
import { chosenOf } from "./quick-parts";
import type { CardMove } from "./use-board-move";

interface BoardColumnViewProps {
  object: ObjectMeta;
  board: BoardMeta;
  column: BoardColumn;
  columns: BoardColumn[];
  query: ListQuery;
  totals: ColumnTotals | null;
  move: CardMove;
  folded: boolean;
  onFold: (folded: boolean) => void;
}

export function BoardColumnView(props: BoardColumnViewProps) {
  const { object, board, column, columns, query, totals, move, folded, onFold } = props;
  const { t } = useTranslation();
  const label = useLabel();
  const { scheme } = useAppearance();
  const { setNodeRef, isOver, active } = useDroppable({ id: columnId(column), disabled: column.retired });
  const name = label(column.label);
  // What is begun on the board of one pipeline is of that one.
  const { steps } = useBoardHints();
  const chosen = steps ? chosenOf(query.filter ?? "", steps.of.name) : null;
  const begun = steps && chosen ? { [steps.of.name]: chosen } : {};
  const dot = <span className="gx-board-dot" style={{ background: solidColor(column.color, scheme) }} />;
  const over = isOver && active ? true : undefined;
  if (folded) {
    return (
      <section ref={setNodeRef} className="gx-board-column gx-board-folded" data-over={over} aria-label={name}>
        <button
          type="button"
          onClick={() => onFold(false)}
          aria-expanded={false}
          title={t("board.unfold", { column: name })}
        >
          <RightOutlined />
          <span className="gx-numeric">{totals?.count ?? "…"}</span>
          <span className="gx-board-folded-name">
            {dot}
            {name}
          </span>
        </button>
      </section>
    );
  }
  return (
    <section ref={setNodeRef} className="gx-board-column" data-over={over} aria-label={name}>
      <header>
        {dot}
        <Link
          className="gx-board-column-name"
          to="/o/$object"
          params={{ object: object.name }}
          search={{ view: "all", filter: query.filter ?? columnCondition(board.group_by, column.key) }}
          title={t("board.openList", { column: name })}
        >
          {name}
        </Link>
        <span className="gx-board-count gx-numeric">{totals?.count ?? ""}</span>
        {object.access.create && column.key !== null && !column.closed ? (
          <NewRecordLink
            object={object}
            prefill={{ ...begun, [board.group_by]: column.key }}
            type="text"
            size="small"
            className="gx-board-add"
            icon={<PlusOutlined />}
            aria-label={t("board.addTo", { column: name })}
          />
        ) : null}
        <Button
          type="text"
          size="small"
          icon={<LeftOutlined />}
          onClick={() => onFold(true)}
          aria-expanded
          aria-label={t("board.fold", { column: name })}
        />
        <ColumnSum object={object} board={board} totals={totals} />
      </header>
      <CardList object={object} board={board} column={column} columns={columns} query={query} move={move} draggable />
    </section>
  );
}
