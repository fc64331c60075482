import { Tooltip } from "antd";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { FieldValue, RecordData } from "@/api/types";
import { FieldInput } from "@/fields/field-input";
import { useLabel } from "@/i18n/i18n";
import type { GridColumn } from "./columns";
import type { RowActions } from "./grid-row";

interface CellEditorProps {
  column: GridColumn;
  record: RecordData;
  value: FieldValue | undefined;
  error?: string | undefined;
  actions: RowActions;
}

/** The lists and calendars of an input open outside the cell, yet belong to it. */
const BELONGS = ".ant-select-dropdown, .ant-picker-dropdown, .ant-picker-panel-container, .ant-cascader-dropdown";

/** A cell being edited: Enter and Tab save, Escape leaves it as it was, a click elsewhere saves. */
export function CellEditor({ column, record, value, error, actions }: CellEditorProps) {
  const label = useLabel();
  // What others change meanwhile shows in the row, but this edit began from what was there: the server compares by it.
  const [begun] = useState(record);
  const [draft, setDraft] = useState<FieldValue | undefined>(value);
  const box = useRef<HTMLDivElement>(null);
  const latest = useRef(draft);
  const finished = useRef(false);

  const finish = (result: FieldValue | undefined, move: -1 | 0 | 1) => {
    if (finished.current) return;
    finished.current = true;
    actions.commit(begun, column, result ?? null, move);
  };
  const finishNow = useRef(finish);
  useEffect(() => {
    finishNow.current = finish;
  });
  useEffect(() => {
    const outside = (event: PointerEvent) => {
      const target = event.target as Element;
      if (box.current?.contains(target) || target.closest(BELONGS)) return;
      finishNow.current(latest.current, 0);
    };
    document.addEventListener("pointerdown", outside, true);
    return () => document.removeEventListener("pointerdown", outside, true);
  }, []);

  // Escape and Tab leave the cell whatever is open in it; Enter first chooses what a list or calendar has marked.
  const leave = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") {
      finished.current = true;
      actions.cancel();
    } else if (event.key === "Tab") finish(latest.current, event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || event.key !== "Enter" || event.defaultPrevented) return;
    finish(latest.current, 0);
    event.preventDefault();
    event.stopPropagation();
  };
  const change = (next: FieldValue) => {
    latest.current = next;
    setDraft(next);
  };
  return (
    <Tooltip open={Boolean(error)} title={error} placement="bottomLeft">
      <div
        ref={box}
        className="gx-editor"
        role="group"
        data-error={error ? true : undefined}
        onKeyDownCapture={leave}
        onKeyDown={onKeyDown}
        aria-label={label(column.field.label)}
      >
        <FieldInput
          field={column.field}
          value={draft}
          onChange={change}
          onFinish={(result) => {
            change(result);
            finish(result, 0);
          }}
          values={record}
          autoFocus
          inline
        />
      </div>
    </Tooltip>
  );
}
