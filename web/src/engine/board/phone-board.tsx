import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLabel } from "@/i18n/i18n";
import { useAppearance } from "@/ui/appearance";
import { solidColor } from "@/ui/theme";
import type { BoardBodyProps } from "./board-columns";
import { CardList } from "./card-list";
import { ColumnSum } from "./column-sum";
import { columnId } from "./keyboard";

/** One column at a time; the others are a tap away, and a card's menu moves it there. */
export function PhoneBoard({ object, board, columns, queryOf, totalsOf, move }: BoardBodyProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const { scheme } = useAppearance();
  const [chosen, setChosen] = useState<string | null>(null);
  const column = columns.find((candidate) => columnId(candidate) === chosen) ?? columns.find((it) => it.key !== null);
  if (!column) return null;
  return (
    <div className="gx-board-phone" data-calm>
      <div className="gx-board-stages" role="tablist" aria-label={t("board.columns")}>
        {columns.map((candidate) => (
          <button
            key={columnId(candidate)}
            type="button"
            role="tab"
            aria-selected={candidate === column}
            onClick={(event) => {
              setChosen(columnId(candidate));
              event.currentTarget.scrollIntoView({ inline: "center", block: "nearest" });
            }}
          >
            <span className="gx-board-dot" style={{ background: solidColor(candidate.color, scheme) }} />
            {label(candidate.label)}
            <span className="gx-numeric gx-muted">{totalsOf(candidate)?.count ?? ""}</span>
          </button>
        ))}
      </div>
      <div className="gx-board-phone-sum">
        <ColumnSum object={object} board={board} totals={totalsOf(column)} />
      </div>
      <CardList
        key={columnId(column)}
        object={object}
        board={board}
        column={column}
        columns={columns}
        query={queryOf(column)}
        move={move}
        draggable={false}
      />
    </div>
  );
}
