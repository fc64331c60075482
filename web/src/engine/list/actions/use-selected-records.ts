import { useQuery } from "@tanstack/react-query";
import { queryKeys } from "@/api/query-keys";
import { listRecords } from "@/api/records";
import type { ObjectMeta, RecordData } from "@/api/types";
import { quote } from "../../filter/expression-tree";
import type { ListViewState } from "../use-list-view";
import type { Selection } from "../use-selection";
import { fieldsToOffer } from "./offered";

/** What one run takes on; more is a matter for a job. */
export const MOST_AT_ONCE = 500;

/** Ids stand in an address, which has room for about this many. */
const READ_BY_ID = 150;

interface SelectedRecords {
  records: RecordData[];
  tooMany: boolean;
}

/** The ticked records as they are now, with what tells which actions apply to them. */
export function useSelectedRecords(object: ObjectMeta, state: ListViewState, selection: Selection, enabled: boolean) {
  const fields = fieldsToOffer(object).join(",");
  const { filter } = state.config;
  const ids = [...selection.ids];
  const read = async (signal: AbortSignal): Promise<SelectedRecords> => {
    if (selection.everything) {
      const page = await listRecords(
        object.name,
        { ...(filter ? { filter } : {}), fields, limit: MOST_AT_ONCE },
        signal,
      );
      return { records: page.items, tooMany: page.next_cursor !== null };
    }
    if (ids.length > MOST_AT_ONCE) return { records: [], tooMany: true };
    const parts = Array.from({ length: Math.ceil(ids.length / READ_BY_ID) }, (_, at) =>
      ids.slice(at * READ_BY_ID, (at + 1) * READ_BY_ID),
    );
    const pages = await Promise.all(
      parts.map((part) =>
        listRecords(
          object.name,
          { filter: `id in [${part.map(quote).join(", ")}]`, fields, limit: READ_BY_ID },
          signal,
        ),
      ),
    );
    const found = new Map(pages.flatMap((page) => page.items).map((record) => [record.id, record]));
    // In the order they were ticked; what was deleted meanwhile is not there any more.
    return { records: ids.flatMap((id) => found.get(id) ?? []), tooMany: false };
  };
  return useQuery({
    queryKey: queryKeys.selected(object.name, selection.everything ? filter : ids),
    queryFn: ({ signal }) => read(signal),
    enabled,
    staleTime: 0,
    gcTime: 0,
  });
}
