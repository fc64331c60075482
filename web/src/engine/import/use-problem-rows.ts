import { type InfiniteData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useRef, useState } from "react";
import {
  fixImportRow,
  type ImportRow,
  type ImportRows,
  listImportRows,
  type RowProblem,
  restoreImportRow,
} from "@/api/imports";
import { queryKeys } from "@/api/query-keys";
import { useErrorText } from "@/ui/error-text";

const PAGE = 100;

export type Which = "problems" | "fixed" | "left_out";

export interface RowFilter {
  only: Which;
  field: string;
  code: string;
  /** Key of a part of the rows; null for all. */
  part: string | null;
}

/** What somebody did to a row since it came into sight. */
export interface Touched {
  /** Its cells before. */
  cells: string[];
  /** What was wrong with it before. */
  problems: RowProblem[];
  /** The change made last. */
  last: { column: number; from: string; to: string };
}

/** Rows of the file with something wrong, and what can be done about each where it stands. */
export function useProblemRows(id: string, filter: RowFilter, onChanged: () => void) {
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const [busy, setBusy] = useState<ReadonlySet<number>>(new Set());
  const [touched, setTouched] = useState<ReadonlyMap<number, Touched>>(new Map());
  const key = queryKeys.importRows(id, filter);
  const rows = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      listImportRows(
        id,
        {
          only: filter.only,
          limit: PAGE,
          ...(filter.field ? { field: filter.field } : {}),
          ...(filter.code ? { code: filter.code } : {}),
          ...(filter.part === null ? {} : { part: filter.part }),
          ...(pageParam === null ? {} : { after: pageParam }),
        },
        signal,
      ),
    initialPageParam: null as number | null,
    getNextPageParam: (page: ImportRows) => page.next,
    // A row that was mended stays in sight until somebody looks anew.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });

  const put = (next: ImportRow) =>
    queryClient.setQueryData<InfiniteData<ImportRows, number | null>>(key, (before) =>
      before
        ? {
            ...before,
            pages: before.pages.map((page) => ({
              ...page,
              items: page.items.map((row) => (row.row === next.row ? next : row)),
            })),
          }
        : before,
    );
  // Of each row what the server said last, and its changes one after the other: an answer to the first of them knows
  // nothing of the second, which stands in the sheet already.
  const lines = useRef(new Map<number, { known: ImportRow; waiting: number; last: Promise<unknown> }>());
  const change = (before: ImportRow, shown: ImportRow, call: () => Promise<ImportRow>) => {
    const line = lines.current.get(before.row) ?? { known: before, waiting: 0, last: Promise.resolve() };
    lines.current.set(before.row, line);
    line.waiting += 1;
    setBusy((now) => new Set(now).add(before.row));
    put(shown);
    const asked = line.waiting === 1 ? call() : line.last.then(call);
    line.last = asked
      .then(
        (answer) => {
          line.known = answer;
          onChanged();
        },
        (error: unknown) => void message.error(errorText(error)),
      )
      .then(() => {
        line.waiting -= 1;
        if (line.waiting > 0) return;
        lines.current.delete(before.row);
        put(line.known);
        setBusy((now) => new Set([...now].filter((one) => one !== before.row)));
      });
  };
  return {
    rows,
    items: rows.data?.pages.flatMap((page) => page.items) ?? [],
    total: rows.data?.pages[0]?.total,
    /** There are more than the total, which was not counted further. */
    atLeast: rows.data?.pages[0]?.at_least ?? false,
    busy,
    touched,
    /** Puts another text into a cell; the row is checked again. */
    fix: (row: ImportRow, column: number, text: string) => {
      if ((row.cells[column] ?? "") === text) return;
      const cells = row.cells.map((cell, at) => (at === column ? text : cell));
      const { cells: first, problems } = touched.get(row.row) ?? row;
      const last = { column, from: first[column] ?? "", to: text };
      setTouched((now) => new Map(now).set(row.row, { cells: first, problems, last }));
      change(row, { ...row, cells }, () => fixImportRow(id, row.row, { cells: { [column]: text } }));
    },
    leaveOut: (row: ImportRow) =>
      change(row, { ...row, left_out: true }, () => fixImportRow(id, row.row, { leave_out: true })),
    /** Back to what the file says. */
    restore: (row: ImportRow) => change(row, row, () => restoreImportRow(id, row.row)),
  };
}

export type ProblemRows = ReturnType<typeof useProblemRows>;
