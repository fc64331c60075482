import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import type { ObjectMeta } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { readConfig, standardConfig } from "../list/list-config";
import { useSavedViews } from "../list/saved-views";

/** `true` in the URL: the view's own filter has been taken off (as the list does it). */
const EVERYTHING = "true";
export const MINE = "owner == me.id";

/** Whether the filter begins by asking for the caller's own records. */
export function isMine(filter: string): boolean {
  return filter === MINE || filter.startsWith(`${MINE} && `);
}

export function toggleMine(filter: string): string {
  if (filter === MINE) return "";
  if (isMine(filter)) return filter.slice(MINE.length + 4);
  if (filter === "") return MINE;
  return `${MINE} && ${filter.includes("||") ? `(${filter})` : filter}`;
}

/** The filter of the board, shared with the list through the URL: a view, changes to its filter, a search. */
export function useBoardView(object: ObjectMeta) {
  const label = useLabel();
  const navigate = useNavigate();
  const search = useSearch({ from: "/shell/o/$object/board" });
  const saved = useSavedViews(object.name);
  const views = useMemo(
    () => [
      ...object.views.list.map((view) => ({ key: view.name, name: label(view.label), filter: view.filter ?? "" })),
      ...(saved.data ?? []).map((view) => ({
        key: `saved:${view.id}`,
        name: view.name,
        filter: readConfig(view.config, { ...standardConfig(object, undefined), filter: "" }).filter,
      })),
    ],
    [object, saved.data, label],
  );
  const view = views.find((candidate) => candidate.key === search.view) ?? null;
  const own = view?.filter ?? "";
  const filter = search.filter === undefined ? own : search.filter === EVERYTHING ? "" : search.filter;
  const change = useCallback(
    (next: { view?: string | undefined; filter?: string | undefined; q?: string | undefined }) =>
      void navigate({
        to: "/o/$object/board",
        params: { object: object.name },
        search: (current) => ({ ...current, ...next }),
        replace: true,
      }),
    [navigate, object.name],
  );
  const setFilter = useCallback(
    (next: string) => change({ filter: next === own ? undefined : next === "" ? EVERYTHING : next }),
    [change, own],
  );
  return { views, view, filter, q: search.q ?? "", change, setFilter };
}

export type BoardView = ReturnType<typeof useBoardView>;
