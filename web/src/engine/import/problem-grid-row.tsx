import { LoadingOutlined, MinusCircleOutlined, RollbackOutlined } from "@ant-design/icons";
import { Button, Tooltip } from "antd";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { ImportColumn, ImportRow } from "@/api/imports";
import { columnsOf } from "./grid-model";
import type { PartDraft } from "./plan";
import { RowReasons } from "./row-reasons";
import type { Touched } from "./use-problem-rows";

type Then = "down" | "right" | "left" | "stay";

interface RowProps {
  measure: (element: HTMLElement | null) => void;
  index: number;
  /** Where it stands in the scrolled list, in pixels. */
  start: number;
  row: ImportRow;
  columns: ImportColumn[];
  allColumns: ImportColumn[];
  parts: PartDraft[];
  fieldName: (part: string, field: string) => string;
  busy: boolean;
  touched: Touched | undefined;
  /** The column somebody is in, if he is in this row. */
  current: number | null;
  editing: { text: string } | null;
  /** The focus follows. */
  led: boolean;
  onPlace: (column: number) => void;
  onEdit: (column: number) => void;
  onCommit: (column: number, text: string, then: Then) => void;
  onCancel: () => void;
  onLeaveOut: () => void;
  onRestore: () => void;
  onSame?: ((column: number, from: string, to: string) => void) | undefined;
}

/** One row of the file: its cells to be mended, what is wrong below them. */
export function ProblemGridRow(props: RowProps) {
  const { measure, index, start, row, columns, allColumns, parts, busy, touched, current, editing, led } = props;
  const { t } = useTranslation();
  const bad = new Set(row.problems.flatMap((problem) => columnsOf(problem, parts, allColumns)));
  const state = row.left_out ? "left_out" : row.problems.length > 0 ? "bad" : "good";
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: its cells are walked to
    <div
      role="row"
      ref={measure}
      data-index={index}
      aria-rowindex={index + 2}
      className="gx-import-grid-row"
      data-state={state}
      style={{ transform: `translateY(${start}px)` }}
    >
      <span role="rowheader" tabIndex={-1} className="gx-numeric gx-muted">
        {row.row}
      </span>
      {columns.map((column) => (
        <Cell
          key={column.index}
          text={row.cells[column.index] ?? ""}
          bad={bad.has(column.index) && !row.left_out}
          isChanged={touched !== undefined && touched.cells[column.index] !== row.cells[column.index]}
          label={t("imports.cellOf", { row: row.row, column: column.header || column.index + 1 })}
          isCurrent={current === column.index}
          editing={current === column.index ? editing : null}
          led={led}
          locked={row.left_out === true || row.cells.length === 0}
          onPlace={() => props.onPlace(column.index)}
          onEdit={() => props.onEdit(column.index)}
          onCommit={(text, then) => props.onCommit(column.index, text, then)}
          onCancel={props.onCancel}
        />
      ))}
      <span role="gridcell" className="gx-import-grid-do" tabIndex={-1}>
        {busy ? <LoadingOutlined aria-label={t("imports.checkingRow")} /> : null}
        {row.fixed || row.left_out ? (
          <Tooltip title={t("imports.restoreRow")}>
            <Button
              type="text"
              size="small"
              icon={<RollbackOutlined />}
              onClick={props.onRestore}
              disabled={busy}
              aria-label={t("imports.restoreRowOf", { n: row.row })}
            />
          </Tooltip>
        ) : null}
        {row.left_out ? null : (
          <Tooltip title={t("imports.leaveOut")}>
            <Button
              type="text"
              size="small"
              icon={<MinusCircleOutlined />}
              onClick={props.onLeaveOut}
              disabled={busy}
              aria-label={t("imports.leaveOutOf", { n: row.row })}
            />
          </Tooltip>
        )}
      </span>
      <span role="gridcell" className="gx-import-grid-why" tabIndex={-1}>
        <RowReasons row={row} parts={parts} fieldName={props.fieldName} touched={touched} onSame={props.onSame} />
      </span>
    </div>
  );
}

interface CellProps {
  text: string;
  bad: boolean;
  isChanged: boolean;
  label: string;
  isCurrent: boolean;
  editing: { text: string } | null;
  led: boolean;
  locked: boolean;
  onPlace: () => void;
  onEdit: () => void;
  onCommit: (text: string, then: Then) => void;
  onCancel: () => void;
}

function Cell(props: CellProps) {
  const { text, bad, isChanged, label, isCurrent, editing, led, locked, onPlace, onEdit, onCommit, onCancel } = props;
  const cell = useRef<HTMLSpanElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const done = useRef(false);
  /** A click into the cell one is in edits it; the first one only goes there. */
  const wasHere = useRef(false);
  const isEdited = editing !== null && !locked;
  useEffect(() => {
    if (!isCurrent) return;
    if (isEdited) {
      done.current = false;
      input.current?.focus();
      const end = input.current?.value.length ?? 0;
      input.current?.setSelectionRange(end, end);
    } else if (led) cell.current?.focus({ preventScroll: true });
  }, [isCurrent, isEdited, led]);
  const finish = (then: Then) => {
    if (done.current) return;
    done.current = true;
    onCommit(input.current?.value ?? text, then);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") {
      done.current = true;
      onCancel();
    } else if (event.key === "Enter") finish("down");
    else if (event.key === "Tab") finish(event.shiftKey ? "left" : "right");
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid hears the keys
    <span
      ref={cell}
      role="gridcell"
      tabIndex={isCurrent ? 0 : -1}
      aria-invalid={bad || undefined}
      aria-readonly={locked || undefined}
      data-changed={isChanged || undefined}
      className="gx-import-cell"
      title={text}
      onPointerDown={() => {
        wasHere.current = document.activeElement === cell.current;
      }}
      onClick={() => {
        if (isEdited) return;
        if (wasHere.current && !locked) onEdit();
        else onPlace();
      }}
    >
      {isEdited ? (
        <input
          ref={input}
          defaultValue={editing.text}
          aria-label={label}
          onKeyDown={onKeyDown}
          onBlur={() => finish("stay")}
        />
      ) : (
        text || <span className="gx-muted">–</span>
      )}
    </span>
  );
}
