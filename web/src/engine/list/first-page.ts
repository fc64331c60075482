import type { QueryClient } from "@tanstack/react-query";
import { meOptions, metaOptions } from "@/api/queries";
import type { Json, ListQuery, Meta, ObjectMeta } from "@/api/types";
import { findObject } from "../meta";
import { recordListOptions } from "../records";
import { fieldsParameter, gridColumns } from "./columns";
import { type ListColumn, type ListConfig, standardConfig } from "./list-config";

/** `true` in the URL: the view's own filter has been taken off. */
export const EVERYTHING = "true";

/** What of a list stands in the URL. */
export interface ListAddress {
  view?: string;
  filter?: string;
  sort?: string;
  q?: string;
  deleted?: string;
}

/** Names of preferences about one object's lists: the view last used, and the columns chosen for each. */
export const lastViewKey = (object: string): string => `list.${object}.view`;
export const columnsKey = (object: string): string => `list.${object}.columns`;

/** A view with what was changed in it. */
export function changedConfig(view: ListConfig, columns: ListColumn[] | undefined, address: ListAddress): ListConfig {
  return {
    columns: columns && columns.length > 0 ? columns : view.columns,
    filter: address.filter === undefined ? view.filter : address.filter === EVERYTHING ? "" : address.filter,
    sort: address.sort ?? view.sort,
  };
}

/** Which records a list shows. */
export function listedRecords(config: ListConfig, address: ListAddress): Pick<ListQuery, "filter" | "q" | "deleted"> {
  return {
    ...(config.filter ? { filter: config.filter } : {}),
    ...(address.q ? { q: address.q } : {}),
    ...(address.deleted === "only" ? { deleted: "only" as const } : {}),
  };
}

/** What is asked for to show them. */
export function listQuery(meta: Meta, object: ObjectMeta, config: ListConfig, address: ListAddress): ListQuery {
  const fields = fieldsParameter(object, gridColumns(meta, object, config.columns));
  return { ...listedRecords(config, address), fields, ...(config.sort ? { sort: config.sort } : {}) };
}

/**
 * Asks for what a list will show while the page around it is still being drawn. Views of one's own are left out: those
 * have to be read first.
 */
export function readAhead(queryClient: QueryClient, name: string, address: ListAddress): void {
  const meta = queryClient.getQueryData(metaOptions.queryKey);
  const me = queryClient.getQueryData(meOptions.queryKey);
  const object = findObject(meta, name);
  if (!meta || !me || !object) return;
  const stored = me.preferences[lastViewKey(name)];
  const wanted = address.view ?? (typeof stored === "string" ? stored : "");
  if (wanted.startsWith("saved:")) return;
  const views = object.views.list;
  const view = views.find((one) => one.name === wanted) ?? views[0];
  const columns = me.preferences[columnsKey(name)] as { [view: string]: Json } | undefined;
  const chosen = columns?.[view?.name ?? "all"] as ListColumn[] | undefined;
  const config = changedConfig(standardConfig(object, view), chosen, address);
  void queryClient.prefetchInfiniteQuery(recordListOptions(name, listQuery(meta, object, config, address)));
}
