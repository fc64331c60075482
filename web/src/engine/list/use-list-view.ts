import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import type { Json, ObjectMeta } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { useMe, usePreference } from "../session";
import { changedConfig, columnsKey, EVERYTHING, lastViewKey } from "./first-page";
import { type ListColumn, type ListConfig, readConfig, standardConfig } from "./list-config";
import { type SavedView, useSavedViews } from "./saved-views";

export interface ViewChoice {
  /** The name of a standard view, or `saved:ID`. */
  key: string;
  name: string;
  kind: "standard" | "mine" | "shared";
  config: ListConfig;
  saved: SavedView | null;
}

type StoredColumns = { [view: string]: { path: string; width?: number }[] };

/** The view in use and what was changed in it: filter, sort and search live in the URL, columns in the preferences. */
export function useListView(object: ObjectMeta) {
  const label = useLabel();
  const me = useMe();
  const navigate = useNavigate();
  const search = useSearch({ from: "/shell/o/$object" });
  const saved = useSavedViews(object.name);
  const [lastView, setLastView] = usePreference<string>(lastViewKey(object.name), "");
  const [columnsByView, setColumnsByView] = usePreference<StoredColumns & { [key: string]: Json }>(
    columnsKey(object.name),
    {},
  );

  const views = useMemo<ViewChoice[]>(() => {
    const standard = object.views.list.map(
      (view): ViewChoice => ({
        key: view.name,
        name: label(view.label),
        kind: "standard",
        config: standardConfig(object, view),
        saved: null,
      }),
    );
    if (standard.length === 0) {
      const config = standardConfig(object, undefined);
      standard.push({ key: "all", name: label(object.plural), kind: "standard", config, saved: null });
    }
    const fallback = standard[0]?.config ?? standardConfig(object, undefined);
    const own = (saved.data ?? []).map(
      (view): ViewChoice => ({
        key: `saved:${view.id}`,
        name: view.name,
        kind: view.ownerId === me.user.id ? "mine" : "shared",
        config: readConfig(view.config, { ...fallback, filter: "", sort: "" }),
        saved: view,
      }),
    );
    return [...standard, ...own];
  }, [object, saved.data, label, me.user.id]);

  const wanted = search.view ?? lastView;
  const view = views.find((candidate) => candidate.key === wanted) ?? views[0];
  if (!view) throw new Error("an object always has a view");
  // A link to a saved view must not show another one while the views load.
  const waiting = wanted.startsWith("saved:") && saved.isPending && view.key !== wanted && saved.fetchStatus !== "idle";

  const chosenColumns = columnsByView[view.key];
  const config = useMemo<ListConfig>(
    () => changedConfig(view.config, chosenColumns, search),
    [chosenColumns, view, search],
  );

  const change = useCallback(
    (next: {
      filter?: string | undefined;
      sort?: string | undefined;
      q?: string | undefined;
      deleted?: string | undefined;
    }) =>
      void navigate({
        to: "/o/$object",
        params: { object: object.name },
        search: (current) => ({ ...current, ...next }),
        replace: true,
      }),
    [navigate, object.name],
  );
  const selectView = useCallback(
    (key: string) => {
      setLastView(key);
      void navigate({ to: "/o/$object", params: { object: object.name }, search: { view: key } });
    },
    [navigate, object.name, setLastView],
  );
  const setFilter = useCallback(
    (filter: string) =>
      change({ filter: filter === view.config.filter ? undefined : filter === "" ? EVERYTHING : filter }),
    [change, view.config.filter],
  );
  const setSort = useCallback(
    (sort: string) => change({ sort: sort === view.config.sort || sort === "" ? undefined : sort }),
    [change, view.config.sort],
  );
  const setColumns = useCallback(
    (columns: ListColumn[]) =>
      setColumnsByView({ ...columnsByView, [view.key]: columns.map((column) => ({ ...column })) }),
    [columnsByView, setColumnsByView, view.key],
  );
  const forgetColumns = useCallback(() => {
    const { [view.key]: _forgotten, ...others } = columnsByView;
    setColumnsByView(others);
  }, [columnsByView, setColumnsByView, view.key]);
  const reset = useCallback(() => {
    forgetColumns();
    change({ filter: undefined, sort: undefined, q: undefined });
  }, [change, forgetColumns]);

  return {
    views,
    view,
    waiting,
    config,
    address: search,
    q: search.q ?? "",
    inBin: search.deleted === "only",
    changed:
      config.filter !== view.config.filter ||
      config.sort !== view.config.sort ||
      JSON.stringify(config.columns) !== JSON.stringify(view.config.columns),
    change,
    selectView,
    setFilter,
    setSort,
    setColumns,
    forgetColumns,
    reset,
  };
}

export type ListViewState = ReturnType<typeof useListView>;
