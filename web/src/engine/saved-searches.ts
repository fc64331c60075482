import { useMemo } from "react";
import type { Json } from "@/api/types";
import { useDeleteView, useSavedViews, useSaveView } from "./list/saved-views";
import { useObject } from "./meta";
import { useMe } from "./session";

/** Saved views of no object: what they keep is what is typed in the search box. */
const OF_THE_BOX = "search";

export interface SavedSearch {
  id: string;
  name: string;
  /** What stands in the box. */
  text: string;
  shared: boolean;
  mine: boolean;
}

function textOf(config: Json): string {
  const text = typeof config === "object" && config !== null && !Array.isArray(config) ? config.q : null;
  return typeof text === "string" ? text.trim() : "";
}

/** The searches people saved, the caller's own first, and whether he may save one. */
export function useSavedSearches(): { searches: SavedSearch[]; maySave: boolean } {
  const me = useMe();
  const views = useSavedViews(OF_THE_BOX).data;
  const mayCreate = useObject("saved_view")?.access.create ?? false;
  const searches = useMemo(() => {
    const read = (views ?? []).map(({ id, name, shared, ownerId, config }): SavedSearch => {
      return { id, name, text: textOf(config), shared, mine: ownerId === me.user.id };
    });
    const found = read.filter(({ text }) => text !== "");
    return [...found.filter(({ mine }) => mine), ...found.filter(({ mine }) => !mine)];
  }, [views, me.user.id]);
  // Whoever looks with somebody else's rights changes nothing.
  return { searches, maySave: mayCreate && !me.viewer };
}

export interface SearchInput {
  id?: string | undefined;
  name: string;
  text: string;
  shared: boolean;
}

export function useSaveSearch() {
  const save = useSaveView(OF_THE_BOX);
  return {
    ...save,
    mutate: ({ id, name, text, shared }: SearchInput, done: () => void) =>
      save.mutate(
        { ...(id ? { id } : {}), name: name.trim(), shared, config: { q: text.trim() } },
        { onSuccess: done },
      ),
  };
}

export const useDeleteSearch = useDeleteView;
