import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ImportColumn, ImportRow } from "@/api/imports";
import { beside, columnsOf, nextTrouble, type Place, stepOf, stepped } from "./grid-model";
import type { PartDraft } from "./plan";
import { ProblemGridRow } from "./problem-grid-row";
import type { ProblemRows } from "./use-problem-rows";

/** Of a row with one reason; the others are measured. */
const ROW_HEIGHT = 68;

export interface ProblemGridProps {
  work: ProblemRows;
  columns: ImportColumn[];
  allColumns: ImportColumn[];
  parts: PartDraft[];
  fieldName: (part: string, field: string) => string;
  /** Reads every cell of a column that holds the one text as the other; absent where the mapping stands. */
  onSame?: ((column: number, from: string, to: string) => void) | undefined;
}

/**
 * The rows that cannot be used, as a sheet to mend them in: arrows walk, Enter or a letter edits, Enter and Tab save and go
 * on, Escape leaves a cell as it was, F8 goes to the next trouble.
 */
export function ProblemGrid({ work, columns, allColumns, parts, fieldName, onSame }: ProblemGridProps) {
  const { t } = useTranslation();
  const { items, rows } = work;
  const scroller = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<Place | null>(null);
  const [editing, setEditing] = useState<{ text: string } | null>(null);
  /** Only who is in the grid already is led to another cell of it. */
  const inside = useRef(false);
  const isBad = (row: ImportRow, column: ImportColumn) =>
    row.problems.some((problem) => columnsOf(problem, parts, allColumns).includes(column.index));
  const start =
    place && items.some((row) => row.row === place.row) ? place : nextTrouble(null, 1, items, columns, isBad);
  const first = items[0];
  const current: Place | null = start ?? (first && columns[0] ? { row: first.row, column: columns[0].index } : null);
  // The row somebody types in stays, however far one scrolls.
  const typedIn = editing && current ? items.findIndex((row) => row.row === current.row) : -1;
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => items[index]?.row ?? index,
    overscan: 8,
    rangeExtractor: (range) => {
      const seen = defaultRangeExtractor(range);
      return typedIn < 0 || seen.includes(typedIn) ? seen : [...seen, typedIn].sort((one, other) => one - other);
    },
  });

  const { hasNextPage, isFetchingNextPage, fetchNextPage } = rows;
  const shown = virtual.getVirtualItems();
  const lastShown = virtual.range?.endIndex ?? 0;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && lastShown >= items.length - 10) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, lastShown, items.length]);

  const go = (next: Place | null) => {
    if (!next) return;
    inside.current = true;
    setPlace(next);
    setEditing(null);
    const at = items.findIndex((row) => row.row === next.row);
    if (at >= 0) virtual.scrollToIndex(at, { align: "auto" });
  };
  const commit = (row: ImportRow, column: number, text: string, then: "down" | "right" | "left" | "stay") => {
    work.fix(row, column, text);
    setEditing(null);
    const here = { row: row.row, column };
    if (then === "stay") return;
    go(
      then === "down"
        ? stepped(here, "down", items, columns)
        : (beside(here, then === "right" ? 1 : -1, items, columns) ?? here),
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (editing || !current || event.nativeEvent.isComposing) return;
    if ((event.target as Element).closest("button")) return;
    const row = items.find((one) => one.row === current.row);
    if (!row) return;
    const command = event.ctrlKey || event.metaKey;
    const step = stepOf(event.key);
    if (step) go(stepped(current, step, items, columns));
    else if (event.key === "F8") go(nextTrouble(current, event.shiftKey ? -1 : 1, items, columns, isBad));
    else if (event.key === "Delete" && command) work.leaveOut(row);
    else if (event.key === "z" && command) work.restore(row);
    else if (event.key === "Delete" || event.key === "Backspace") work.fix(row, current.column, "");
    else if (event.key === "Enter" || event.key === "F2") setEditing({ text: row.cells[current.column] ?? "" });
    else if (event.key.length === 1 && !command && !event.altKey) setEditing({ text: event.key });
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      className="gx-import-grid"
      ref={scroller}
      role="grid"
      aria-label={t("imports.problemRows")}
      aria-rowcount={items.length + 1}
      aria-colcount={columns.length + 2}
      style={{ ["--gx-import-columns" as string]: columns.length }}
      onKeyDown={onKeyDown}
      onFocus={() => {
        inside.current = true;
      }}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) inside.current = false;
      }}
    >
      {/* biome-ignore lint/a11y/useFocusableInteractive: heads are not walked to */}
      <div role="row" aria-rowindex={1} className="gx-import-grid-head">
        <span role="columnheader" tabIndex={-1}>
          {t("imports.rowShort")}
        </span>
        {columns.map((column) => (
          <span role="columnheader" tabIndex={-1} key={column.index} title={column.header}>
            {column.header || t("imports.unnamed", { n: column.index + 1 })}
          </span>
        ))}
        <span role="columnheader" tabIndex={-1}>
          {t("imports.whatToDo")}
        </span>
      </div>
      <div role="rowgroup" className="gx-import-grid-body" style={{ height: virtual.getTotalSize() }}>
        {shown.map((item) => {
          const row = items[item.index];
          if (!row) return null;
          return (
            <ProblemGridRow
              key={item.key}
              measure={virtual.measureElement}
              index={item.index}
              start={item.start}
              row={row}
              columns={columns}
              allColumns={allColumns}
              parts={parts}
              fieldName={fieldName}
              busy={work.busy.has(row.row)}
              touched={work.touched.get(row.row)}
              current={current?.row === row.row ? current.column : null}
              editing={current?.row === row.row ? editing : null}
              led={inside.current}
              onPlace={(column) => {
                setPlace({ row: row.row, column });
                setEditing(null);
              }}
              onEdit={(column) => {
                setPlace({ row: row.row, column });
                setEditing({ text: row.cells[column] ?? "" });
              }}
              onCommit={(column, text, then) => commit(row, column, text, then)}
              onCancel={() => setEditing(null)}
              onLeaveOut={() => work.leaveOut(row)}
              onRestore={() => work.restore(row)}
              onSame={onSame}
            />
          );
        })}
      </div>
    </div>
  );
}
