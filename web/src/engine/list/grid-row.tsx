import { memo, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { FieldValue, RecordData } from "@/api/types";
import { FieldDisplay } from "@/fields/field-display";
import { RecordLink } from "@/fields/record-link";
import { useGone } from "@/realtime/store";
import { lazyPart } from "@/ui/lazy-part";
import { TickBox } from "@/ui/tick-box";
import { readPath } from "../meta";
import type { GridColumn } from "./columns";
import { GoneWord } from "./gone-word";

const CellEditor = lazyPart(async () => ({ default: (await import("./cell-editor")).CellEditor }));

export interface CellEdit {
  id: string;
  path: string;
  /** What was typed before the server refused it, with its reason. */
  value?: FieldValue;
  error?: string;
}

/** What a row can ask of the list; the same object for all rows and renders. */
export interface RowActions {
  activate(row: number, column: number): void;
  select(row: number, selected: boolean, range: boolean): void;
  edit(row: number, column: number): void;
  commit(record: RecordData, column: GridColumn, value: FieldValue, move: -1 | 0 | 1): void;
  cancel(): void;
}

interface GridRowProps {
  record: RecordData;
  object: string;
  index: number;
  top: number;
  columns: GridColumn[];
  title: string;
  selected: boolean;
  /** The column the keyboard is at, -1 on all other rows. */
  activeColumn: number;
  edit: CellEdit | null;
  actions: RowActions;
  /** Deleted records have no page of their own. */
  linked: boolean;
  /** It belongs into the list no more. */
  left: boolean;
}

export const cellId = (row: number, column: number) => `cell-${row}-${column}`;

export const GridRow = memo(function GridRow(props: GridRowProps) {
  const { record, object, index, top, columns, title, selected, activeColumn, edit, actions, linked, left } = props;
  const { t } = useTranslation();
  const gone = useGone(record.id);
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the grid holds the focus and names the active cell
    <div
      className="gx-row"
      data-gone={gone ? true : undefined}
      data-left={left || undefined}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-active={activeColumn >= 0 || undefined}
      style={{ transform: `translateY(${top}px)` }}
    >
      {/* biome-ignore lint/a11y/useFocusableInteractive: the tick box in it takes the focus */}
      <div className="gx-cell gx-cell-select" role="gridcell">
        <TickBox
          checked={selected}
          tabIndex={-1}
          onTick={(checked, event) => actions.select(index, checked, event.shiftKey)}
          label={t("list.selectRow", { name: title })}
        />
      </div>
      {columns.map((column, at) => {
        const value = readPath(record, column.path) as FieldValue | undefined;
        const editing = edit?.path === column.path;
        return (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the grid handles the keys of its cells
          // biome-ignore lint/a11y/useFocusableInteractive: the grid holds the focus and names the active cell
          <div
            key={column.path}
            id={cellId(index, at)}
            role="gridcell"
            className={`gx-cell${at === 0 ? " gx-cell-first" : ""}${editing ? " gx-cell-editing" : ""}`}
            data-align={column.align}
            data-current={at === activeColumn || undefined}
            aria-readonly={!column.editable}
            onClick={editing ? undefined : () => actions.activate(index, at)}
            onDoubleClick={editing ? undefined : () => actions.edit(index, at)}
          >
            {editing ? (
              <Suspense fallback={null}>
                <CellEditor
                  key={record.id}
                  column={column}
                  record={record}
                  value={edit.value === undefined ? value : edit.value}
                  error={edit.error}
                  actions={actions}
                />
              </Suspense>
            ) : column.isTitle && linked ? (
              <RecordLink object={object} id={record.id} className="gx-title-link" tabIndex={-1}>
                {title}
              </RecordLink>
            ) : (
              <FieldDisplay field={column.field} value={value} record={column.depth === 0 ? record : undefined} />
            )}
          </div>
        );
      })}
      <GoneWord gone={gone} left={left} />
    </div>
  );
});
