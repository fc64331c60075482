import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { searchOptions } from "@/api/queries";
import type { Meta, SearchHit } from "@/api/types";
import { findObject, useMeta } from "@/engine/meta";
import { useRecents } from "@/engine/recents";
import { useRested } from "@/fields/reference/candidates";
import { useLabel } from "@/i18n/i18n";
import { ObjectTile } from "@/ui/object-icon";
import { usePlaces } from "./palette-places";

export interface PaletteItem {
  key: string;
  group: "records" | "recent" | "goTo" | "commands";
  icon: ReactNode;
  text: string;
  hint?: string;
  run: () => void;
}

function matches(text: string, query: string): boolean {
  return query === "" || text.toLowerCase().includes(query.toLowerCase());
}

function tile(meta: Meta, object: string): ReactNode {
  const found = findObject(meta, object);
  return <ObjectTile icon={found?.icon ?? null} color={found?.color ?? null} size={28} />;
}

/** Of one kind no more than this, so that a word many activities hold does not hide the customer it names. */
const OF_ONE_KIND = 5;

/** Customers, people and deals first, then what was logged about them: whoever searches means the former. */
export function bestHits(meta: Meta, hits: SearchHit[]): SearchHit[] {
  const isSubject = (hit: SearchHit) => (findObject(meta, hit.object)?.views.record.quick_log.length ?? 0) > 0;
  const counts = new Map<string, number>();
  const few = hits.filter((hit) => {
    const count = (counts.get(hit.object) ?? 0) + 1;
    counts.set(hit.object, count);
    return count <= OF_ONE_KIND;
  });
  return [...few.filter(isSubject), ...few.filter((hit) => !isSubject(hit))];
}

/** Records (from the server), lists and commands that match what was typed, best first. */
export function usePaletteItems(typed: string, onHelp: () => void): { items: PaletteItem[]; searching: boolean } {
  const label = useLabel();
  const meta = useMeta();
  const recents = useRecents();
  const navigate = useNavigate();
  const places = usePlaces(onHelp);
  const query = typed.trim();
  const rested = useRested(query, 120);
  const search = useQuery({ ...searchOptions(rested, undefined, 12), placeholderData: keepPreviousData });

  const open = (object: string, id: string, comment?: string) => () =>
    void navigate({
      to: "/r/$object/$id",
      params: { object, id },
      search: comment ? { comment, tab: "timeline" } : {},
    });
  const items: PaletteItem[] = [];
  if (query === "") {
    for (const recent of recents.slice(0, 6)) {
      items.push({
        key: `recent:${recent.id}`,
        group: "recent",
        icon: tile(meta, recent.object),
        text: recent.label,
        hint: label(findObject(meta, recent.object)?.label),
        run: open(recent.object, recent.id),
      });
    }
  } else {
    for (const hit of bestHits(meta, search.data?.items ?? [])) {
      const kind = label(findObject(meta, hit.object)?.label);
      items.push({
        key: `hit:${hit.id}`,
        group: "records",
        icon: tile(meta, hit.object),
        text: hit.label,
        hint: [kind, hit.subtitle].filter(Boolean).join(" · "),
        run: hit.on ? open(hit.on.object, hit.on.id, hit.id) : open(hit.object, hit.id),
      });
    }
  }
  const offered = places.filter(
    (place) => matches(`${place.text} ${place.key}`, query) && (query !== "" || !place.asked),
  );
  // Each group once, whatever order its entries come in.
  for (const group of ["goTo", "commands"]) items.push(...offered.filter((place) => place.group === group));
  return { items, searching: query !== "" && (search.isFetching || rested !== query) };
}
