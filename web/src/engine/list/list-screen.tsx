import { hashKey, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { Suspense, useCallback, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import type { ObjectMeta } from "@/api/types";
import { lookAt } from "@/realtime/long-lists";
import { useLeft } from "@/realtime/store";
import { ErrorState } from "@/ui/error-state";
import { lazyPart } from "@/ui/lazy-part";
import { useIsPhone } from "@/ui/use-media";
import { useNewRecord } from "../form/new-record";
import { useMeta } from "../meta";
import { ObjectHeader } from "../object-header";
import { invalidateObject, useRecordCount, useRecordList } from "../records";
import { gridColumns } from "./columns";
import { listedRecords, listQuery } from "./first-page";
import { FreshRows, useCalmRows } from "./fresh-rows";
import { Grid } from "./grid";
import type { RowActions } from "./grid-row";
import { toggleSort } from "./list-config";
import { ListEmpty } from "./list-empty";
import type { Cursor } from "./list-keyboard";
import { ListSkeleton } from "./list-skeleton";
import { ListToolbar } from "./list-toolbar";
import { MoreMenu } from "./more-menu";
import { useCellEdit } from "./use-cell-edit";
import { useListShortcuts } from "./use-list-shortcuts";
import { useListView } from "./use-list-view";
import { useSelection } from "./use-selection";
import { ViewMenu } from "./view-menu";

const SelectionBar = lazyPart(async () => ({ default: (await import("./selection-bar")).SelectionBar }));
const ConflictDialog = lazyPart(async () => ({ default: (await import("../conflict-dialog")).ConflictDialog }));

/** The list of one object: what is read, what is shown of it, and what can be done with it. */
export function ListScreen({ object }: { object: ObjectMeta }) {
  const { t } = useTranslation();
  const meta = useMeta();
  const phone = useIsPhone();
  const navigate = useNavigate();
  const beginNew = useNewRecord();
  const queryClient = useQueryClient();
  const state = useListView(object);
  const { config, inBin } = state;
  const [filterOpen, setFilterOpen] = useState(false);
  const [selecting, setSelecting] = useState(false);
  const [cursor, setCursor] = useState<Cursor | null>(null);
  const gridRef = useRef<HTMLDivElement>(null);
  const searchRef = useRef<HTMLInputElement>(null);

  const columns = useMemo(() => gridColumns(meta, object, config.columns), [meta, object, config.columns]);
  const what = listedRecords(config, state.address);
  const query = listQuery(meta, object, config, state.address);
  const list = useRecordList(object.name, query, { enabled: !state.waiting });
  const listKey = hashKey(queryKeys.list(object.name, query));
  useCalmRows(listKey, object, config.filter);
  const left = useLeft(listKey);
  const count = useRecordCount(object.name, what);
  const items = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const selection = useSelection(items);
  // Other rows are on the screen now: nothing out of sight may stay ticked, or be changed by mistake.
  const listed = JSON.stringify([what, config.sort]);
  const [listedBefore, setListedBefore] = useState(listed);
  if (listed !== listedBefore) {
    setListedBefore(listed);
    setCursor(null);
    selection.clear();
  }
  const cells = useCellEdit(object);

  const openRecord = useCallback(
    (row: number) => {
      const record = items[row];
      if (record && !inBin) void navigate({ to: "/r/$object/$id", params: { object: object.name, id: record.id } });
    },
    [items, inBin, navigate, object.name],
  );
  const { commit, cancel, begin } = cells;
  const startEdit = useCallback(
    (row: number, column: number) => {
      const record = items[row];
      const cell = columns[column];
      if (!record || !cell || inBin) return;
      if (!cell.editable) openRecord(row);
      else begin(record, cell);
    },
    [items, columns, inBin, begin, openRecord],
  );
  const actions = useMemo<RowActions>(
    () => ({
      activate: (row, column) => {
        setCursor({ row, column });
        gridRef.current?.focus({ preventScroll: true });
      },
      select: selection.select,
      edit: startEdit,
      commit: (record, column, value, move) => {
        commit(record, column, value);
        gridRef.current?.focus({ preventScroll: true });
        const row = items.findIndex((item) => item.id === record.id);
        const at = columns.findIndex((candidate) => candidate.path === column.path) + move;
        if (row >= 0 && columns[at]) {
          setCursor({ row, column: at });
          if (move !== 0 && columns[at].editable) startEdit(row, at);
        }
      },
      cancel: () => {
        cancel();
        gridRef.current?.focus({ preventScroll: true });
      },
    }),
    [selection.select, startEdit, commit, cancel, items, columns],
  );

  useListShortcuts({
    enabled: !cells.typing,
    cursor,
    size: { rows: items.length, columns: columns.length },
    canEdit: Boolean(cursor && columns[cursor.column]?.editable) && !inBin,
    gridRef,
    move: (next, extend) => {
      if (extend && cursor) selection.select(cursor.row, true, false);
      if (extend) selection.select(next.row, true, false);
      setCursor(next);
    },
    open: () => cursor && openRecord(cursor.row),
    edit: () => cursor && startEdit(cursor.row, cursor.column),
    create: () => object.access.create && beginNew(object),
    select: () => {
      const record = cursor ? items[cursor.row] : undefined;
      if (cursor && record) selection.select(cursor.row, !selection.ids.has(record.id), false);
    },
    selectAll: () => selection.selectLoaded(true),
    search: () => searchRef.current?.select(),
    filter: () => setFilterOpen(true),
    clear: () => {
      if (selection.any) selection.clear();
      else setCursor(null);
    },
  });

  const { fetchNextPage } = list;
  const onMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the hash says which list it is
  const onView = useCallback(
    (row: number) => lookAt(queryClient, queryKeys.list(object.name, query), row),
    [queryClient, listKey],
  );
  // Of the others nobody chose a width: they go on making room.
  const resize = (path: string, width: number) =>
    state.setColumns(config.columns.map((column) => (column.path === path ? { path, width } : column)));
  const reorder = (path: string, before: string) => {
    const rest = config.columns.filter((column) => column.path !== path);
    const moved = config.columns.find((column) => column.path === path);
    const from = config.columns.findIndex((column) => column.path === path);
    const to = config.columns.findIndex((column) => column.path === before);
    const at = rest.findIndex((column) => column.path === before) + (from < to ? 1 : 0);
    if (moved) state.setColumns([...rest.slice(0, at), moved, ...rest.slice(at)]);
  };

  return (
    <div className="gx-list" data-stale={(list.isPlaceholderData && list.isFetching) || undefined}>
      <ObjectHeader object={object} actions={<MoreMenu object={object} state={state} columns={columns} />}>
        <ViewMenu object={object} state={state} />
      </ObjectHeader>
      <ListToolbar
        object={object}
        state={state}
        count={count.data ?? null}
        searchRef={searchRef}
        filterOpen={filterOpen}
        onFilterOpen={setFilterOpen}
        phone={phone}
        selecting={selecting}
        onSelecting={setSelecting}
        onRefresh={() => void invalidateObject(queryClient, object.name)}
        refreshing={list.isFetching && !list.isFetchingNextPage}
      />
      {inBin || state.q ? null : (
        <FreshRows
          list={listKey}
          items={items}
          reading={list.isFetching && !list.isFetchingNextPage}
          onShow={() => {
            gridRef.current?.scrollTo({ top: 0 });
            void invalidateObject(queryClient, object.name);
          }}
        />
      )}
      {list.isPending ? (
        <ListSkeleton columns={columns} phone={phone} />
      ) : list.error && items.length === 0 ? (
        <ErrorState
          error={list.error}
          onRetry={() => void list.refetch()}
          actions={config.filter ? <Button onClick={() => setFilterOpen(true)}>{t("list.openFilter")}</Button> : null}
        />
      ) : items.length === 0 ? (
        <ListEmpty object={object} state={state} />
      ) : (
        <Grid
          object={object}
          items={items}
          columns={columns}
          sort={config.sort}
          phone={phone}
          selecting={selecting}
          selection={selection}
          cursor={cursor}
          edit={cells.edit}
          actions={actions}
          linked={!inBin}
          left={left}
          more={list.hasNextPage}
          loadingMore={list.isFetchingNextPage}
          moreFailed={list.isFetchNextPageError}
          onMore={onMore}
          onView={onView}
          onSort={(path, join) => state.setSort(toggleSort(config.sort, path, join))}
          onResize={resize}
          onReorder={reorder}
          gridRef={gridRef}
        />
      )}
      {selection.any ? (
        <Suspense fallback={null}>
          <SelectionBar object={object} state={state} columns={columns} selection={selection} more={list.hasNextPage} />
        </Suspense>
      ) : null}
      {cells.conflict ? (
        <Suspense fallback={null}>
          <ConflictDialog
            error={cells.conflict.error}
            fields={[cells.conflict.column.field]}
            mine={{ [cells.conflict.column.path]: cells.conflict.value }}
            onKeepMine={() => cells.settleConflict(true)}
            onKeepTheirs={() => cells.settleConflict(false)}
            onCancel={() => cells.settleConflict(false)}
          />
        </Suspense>
      ) : null}
    </div>
  );
}
