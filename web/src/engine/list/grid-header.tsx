import { ArrowDownOutlined, ArrowUpOutlined } from "@ant-design/icons";
import { type DragEvent, type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { MaskedHint } from "@/fields/masked-hint";
import { useLabel } from "@/i18n/i18n";
import { TickBox } from "@/ui/tick-box";
import { type GridColumn, MINIMUM_WIDTH } from "./columns";
import { readSort } from "./list-config";

interface GridHeaderProps {
  columns: GridColumn[];
  sort: string;
  allSelected: boolean;
  someSelected: boolean;
  onSelectAll: (selected: boolean) => void;
  onSort: (path: string, join: boolean) => void;
  /** While the edge is dragged: nothing is stored yet. */
  onResizing: (path: string, width: number) => void;
  onResize: (path: string, width: number) => void;
  onReorder: (path: string, before: string) => void;
}

export function GridHeader(props: GridHeaderProps) {
  const { columns, allSelected, someSelected, onSelectAll } = props;
  const { t } = useTranslation();
  const [dropAt, setDropAt] = useState<string | null>(null);
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the grid holds the focus and names the active cell
    <div className="gx-grid-header" role="row" aria-rowindex={1}>
      {/* biome-ignore lint/a11y/useFocusableInteractive: the tick box in it takes the focus */}
      <div className="gx-cell gx-cell-select" role="columnheader">
        <TickBox
          checked={allSelected}
          partly={someSelected}
          onTick={(checked) => onSelectAll(checked)}
          label={t("list.selectAll")}
        />
      </div>
      {columns.map((column, index) => (
        <HeaderCell
          key={column.path}
          column={column}
          first={index === 0}
          dropping={dropAt === column.path}
          onDropAt={setDropAt}
          {...props}
        />
      ))}
    </div>
  );
}

interface HeaderCellProps extends Pick<GridHeaderProps, "onSort" | "onResizing" | "onResize" | "onReorder"> {
  column: GridColumn;
  first: boolean;
  sort: string;
  dropping: boolean;
  onDropAt: (path: string | null) => void;
}

const DRAGGED = "application/x-guanxi-column";
/** What one press of Shift and an arrow adds or takes, in pixels. */
const KEY_STEP = 16;

function HeaderCell({
  column,
  first,
  sort,
  dropping,
  onDropAt,
  onSort,
  onResizing,
  onResize,
  onReorder,
}: HeaderCellProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const text = label(column.field.label);
  const key = readSort(sort).find((candidate) => candidate.path === column.path);
  const sortable = column.field.sortable;
  const start = useRef<{ x: number; width: number } | null>(null);

  const widthAt = (event: PointerEvent) =>
    Math.max(MINIMUM_WIDTH, Math.round((start.current?.width ?? 0) + event.clientX - (start.current?.x ?? 0)));
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -KEY_STEP, ArrowRight: KEY_STEP }[event.key];
    if (!event.shiftKey || step === undefined) return;
    event.preventDefault();
    const drawn = event.currentTarget.parentElement?.getBoundingClientRect().width ?? column.width;
    onResize(column.path, Math.max(MINIMUM_WIDTH, Math.round(drawn) + step));
  };
  const onDrop = (event: DragEvent) => {
    const path = event.dataTransfer.getData(DRAGGED);
    onDropAt(null);
    if (path && path !== column.path) onReorder(path, column.path);
  };
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the button in it takes the focus
    <div
      role="columnheader"
      className={`gx-cell gx-head${first ? " gx-cell-first" : ""}${dropping ? " gx-head-drop" : ""}`}
      data-align={column.align}
      aria-sort={key ? (key.descending ? "descending" : "ascending") : sortable ? "none" : undefined}
      draggable
      onDragStart={(event) => {
        // Pulling the edge is resizing, not moving the column.
        if (start.current) {
          event.preventDefault();
          return;
        }
        event.dataTransfer.setData(DRAGGED, column.path);
        event.dataTransfer.effectAllowed = "move";
      }}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes(DRAGGED)) return;
        event.preventDefault();
        onDropAt(column.path);
      }}
      onDragLeave={() => onDropAt(null)}
      onDrop={onDrop}
    >
      <button
        type="button"
        className="gx-head-button"
        // Not disabled: the keyboard comes here to change the width, too.
        aria-disabled={!sortable || undefined}
        aria-keyshortcuts="Shift+ArrowLeft Shift+ArrowRight"
        onClick={(event) => sortable && onSort(column.path, event.shiftKey)}
        onKeyDown={onKeyDown}
        title={text}
      >
        <span>{text}</span>
        <MaskedHint field={column.field} inList />
        {key ? key.descending ? <ArrowDownOutlined /> : <ArrowUpOutlined /> : null}
      </button>
      <span
        className="gx-head-edge"
        title={t("list.resizeColumn", { column: text })}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          // It may be drawn narrower than it would like to be.
          const drawn = event.currentTarget.parentElement?.getBoundingClientRect().width;
          start.current = { x: event.clientX, width: drawn ?? column.width };
        }}
        onPointerMove={(event) => start.current && onResizing(column.path, widthAt(event))}
        onPointerUp={(event) => {
          if (start.current) onResize(column.path, widthAt(event));
          start.current = null;
        }}
        onPointerCancel={() => {
          if (start.current) onResizing(column.path, start.current.width);
          start.current = null;
        }}
      />
    </div>
  );
}
