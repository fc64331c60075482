import { useVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, type RefObject, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { FieldValue, ObjectMeta, RecordData } from "@/api/types";
import { fieldKind } from "@/fields/registry";
import { isEmptyValue } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { useAppearance } from "@/ui/appearance";
import { CardRow } from "./card-row";
import { type GridColumn, gridTemplate, gridWidth } from "./columns";
import { GridHeader } from "./grid-header";
import { type CellEdit, cellId, GridRow, type RowActions } from "./grid-row";
import { readSort } from "./list-config";
import type { Cursor } from "./list-keyboard";
import type { Selection } from "./use-selection";

const ROW = { comfortable: 40, compact: 32 };
const CARD = 68;
const OVERSCAN = 10;
/** Rows from the end at which the next page is asked for: about two screens, so that scrolling seldom waits. */
const AHEAD = 80;
/** Grey rows shown below the last one while more is coming. */
const COMING = 3;

interface GridProps {
  object: ObjectMeta;
  items: RecordData[];
  columns: GridColumn[];
  sort: string;
  phone: boolean;
  selecting: boolean;
  selection: Selection;
  cursor: Cursor | null;
  edit: CellEdit | null;
  actions: RowActions;
  linked: boolean;
  /** Rows that belong into the list no more: they say so, and go when it is read again. */
  left: ReadonlySet<string>;
  more: boolean;
  loadingMore: boolean;
  /** The rest could not be loaded: asked for again by hand only. */
  moreFailed: boolean;
  onMore: () => void;
  /** Hears which row is the first in sight. */
  onView?: (row: number) => void;
  onSort: (path: string, join: boolean) => void;
  onResize: (path: string, width: number) => void;
  onReorder: (path: string, before: string) => void;
  gridRef: RefObject<HTMLDivElement | null>;
}

/** The rows on the screen and a few around them; everything else is a number. */
export function Grid(props: GridProps) {
  const {
    object,
    items,
    columns,
    phone,
    selection,
    cursor,
    edit,
    actions,
    more,
    loadingMore,
    moreFailed,
    onMore,
    onView,
    gridRef,
  } = props;
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const { density } = useAppearance();
  const inner = useRef<HTMLDivElement>(null);
  const height = phone ? CARD : ROW[density];
  const count = items.length + (more ? COMING : 0);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => gridRef.current,
    estimateSize: () => height,
    overscan: OVERSCAN,
    scrollPaddingStart: phone ? 0 : ROW[density],
  });
  const { measure, scrollToIndex } = virtual;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new height makes every measured row wrong
  useEffect(() => measure(), [height, measure]);

  const rows = virtual.getVirtualItems();
  // Rows that leave the screen are used again for those that enter it: changing a few texts is far cheaper than
  // building a row, and that is what keeps fast scrolling smooth.
  const pool = Math.ceil((virtual.scrollRect?.height ?? 0) / height) + 2 * OVERSCAN + 2;
  const last = rows.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && !loadingMore && !moreFailed && last >= items.length - AHEAD) onMore();
  }, [more, loadingMore, moreFailed, last, items.length, onMore]);

  const first = rows[0]?.index ?? 0;
  useEffect(() => onView?.(first), [first, onView]);

  const row = cursor?.row;
  useEffect(() => {
    if (row !== undefined) scrollToIndex(row);
  }, [row, scrollToIndex]);

  const setWidths = (next: Pick<GridColumn, "least" | "width">[]) => {
    inner.current?.style.setProperty("--gx-columns", gridTemplate(next));
    inner.current?.style.setProperty("--gx-row-width", `${gridWidth(next)}px`);
  };
  const sortedBy = readSort(props.sort)[0]?.path;
  const titleField = object.fields.find((field) => field.name === object.title_field);
  const titleOf = (record: RecordData): string => {
    const value = record[object.title_field] as FieldValue | undefined;
    return isEmptyValue(value) || !titleField ? "—" : fieldKind(titleField).toText(value, titleField, formats);
  };
  const style = phone
    ? undefined
    : ({ "--gx-columns": gridTemplate(columns), "--gx-row-width": `${gridWidth(columns)}px` } as CSSProperties);

  return (
    <div
      ref={gridRef}
      className="gx-grid"
      role="grid"
      tabIndex={0}
      aria-label={label(object.plural)}
      aria-rowcount={more ? -1 : items.length + 1}
      aria-colcount={columns.length + 1}
      aria-multiselectable
      aria-activedescendant={cursor && !phone ? cellId(cursor.row, cursor.column) : undefined}
    >
      <div ref={inner} className="gx-grid-inner" style={style}>
        {phone ? null : (
          <GridHeader
            columns={columns}
            sort={props.sort}
            allSelected={selection.all}
            someSelected={selection.any}
            onSelectAll={selection.selectLoaded}
            onSort={props.onSort}
            onResizing={(path, width) =>
              setWidths(columns.map((column) => (column.path === path ? { width, least: width } : column)))
            }
            onResize={props.onResize}
            onReorder={props.onReorder}
          />
        )}
        <div className="gx-grid-body" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
          {rows.map((item) => {
            const record = items[item.index];
            if (!record) {
              return (
                <div
                  key={item.key}
                  className="gx-row gx-row-coming"
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <div className="gx-bone" />
                </div>
              );
            }
            const shared = {
              record,
              object: object.name,
              index: item.index,
              top: item.start,
              columns,
              title: titleOf(record),
              selected: selection.everything || selection.ids.has(record.id),
              actions,
              linked: props.linked,
              left: props.left.has(record.id),
            };
            return phone ? (
              <CardRow
                key={item.index % pool}
                {...shared}
                sortedBy={sortedBy}
                selecting={props.selecting || selection.any}
              />
            ) : (
              <GridRow
                key={item.index % pool}
                {...shared}
                activeColumn={cursor?.row === item.index ? cursor.column : -1}
                edit={edit?.id === record.id ? edit : null}
              />
            );
          })}
        </div>
        {moreFailed ? (
          <button type="button" className="gx-more-failed" onClick={onMore}>
            {t("list.loadMoreFailed")} · {t("common.retry")}
          </button>
        ) : null}
      </div>
    </div>
  );
}
