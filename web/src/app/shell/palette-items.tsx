import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { searchOptions } from "@/api/queries";
import type { Meta, SearchHit } from "@/api/types";
import { findObject, useMeta } from "@/engine/meta";
import { useRecents } from "@/engine/recents";
import { useRested } from "@/fields/reference/candidates";
import { useLabel } from "@/i18n/i18n";
import type { Range } from "@/ui/matched/ranges";
import { useMatches } from "@/ui/matched/use-matches";
import { ObjectTile } from "@/ui/object-icon";
import { type Fact, foundIn } from "./palette-facts";
import { usePlaces } from "./palette-places";
import { type SearchActions, useSearchItems } from "./palette-searches";

export interface PaletteItem {
  key: string;
  group: "records" | "savedSearches" | "recentSearches" | "recent" | "goTo" | "commands";
  icon: ReactNode;
  text: string;
  /** What of the text was found. */
  marks?: Range[];
  hint?: string;
  hintMarks?: Range[];
  /** Where else it was found. */
  fact?: Fact | null;
  /** It has only what was nearly typed. */
  nearly?: boolean;
  run: () => void;
  /** The palette stays open when this is run. */
  stays?: boolean;
  edit?: ItemAction;
  remove?: ItemAction;
}

/** What can be done with an entry besides choosing it. */
export interface ItemAction {
  label: string;
  run: () => void;
}

function holds(text: string, query: string): boolean {
  return query === "" || text.toLowerCase().includes(query.toLowerCase());
}

/** Where the words typed stand in the name of a place: those are found as they are written. */
function marksAsTyped(text: string, query: string): Range[] {
  const at = query === "" ? -1 : text.toLowerCase().indexOf(query.toLowerCase());
  return at < 0 ? [] : [[at, at + query.length]];
}

function tile(meta: Meta, object: string): ReactNode {
  const found = findObject(meta, object);
  return <ObjectTile icon={found?.icon ?? null} color={found?.color ?? null} size={28} />;
}

/** Of one kind no more than this, so that a word many activities hold does not hide the customer it names. */
const OF_ONE_KIND = 5;

/**
 * Customers, people and deals first, then what was logged about them: whoever searches means the former. Among each those
 * that are called so come before those of which another value is. What was nearly typed comes after all of them.
 */
export function bestHits(meta: Meta, hits: SearchHit[], isCalledSo = (_hit: SearchHit) => false): SearchHit[] {
  const isSubject = (hit: SearchHit) => (findObject(meta, hit.object)?.views.record.quick_log.length ?? 0) > 0;
  const rank = (hit: SearchHit) => (hit.typo ? 4 : 0) + (isSubject(hit) ? 0 : 2) + (isCalledSo(hit) ? 0 : 1);
  const counts = new Map<string, number>();
  const few = (hit: SearchHit) => {
    const count = (counts.get(hit.object) ?? 0) + 1;
    counts.set(hit.object, count);
    return count <= OF_ONE_KIND;
  };
  return hits.toSorted((one, other) => rank(one) - rank(other)).filter(few);
}

/** Records (from the server), lists and commands that match what was typed, best first. */
export function usePaletteItems(typed: string, onHelp: () => void, actions: SearchActions) {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const recents = useRecents();
  const navigate = useNavigate();
  const places = usePlaces(onHelp);
  const query = typed.trim();
  const rested = useRested(query, 120);
  const search = useQuery({ ...searchOptions(rested, undefined, 12), placeholderData: keepPreviousData });
  const matches = useMatches(query, true);
  const searches = useSearchItems(query, matches, actions);
  const where = (hit: SearchHit) => foundIn(meta, hit, label, t("search.fileText"));
  const hits = query === "" ? [] : bestHits(meta, search.data?.items ?? [], (hit) => where(hit).title.length > 0);

  const open = (object: string, id: string, comment?: string) => () =>
    void navigate({
      to: "/r/$object/$id",
      params: { object, id },
      search: comment ? { comment, tab: "timeline" } : {},
    });
  const items: PaletteItem[] = [];
  if (query === "") {
    items.push(...searches.items);
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
    for (const hit of hits) {
      // A file is seen on its record, and so is a comment, which is pointed at there.
      const pointed = hit.object === "file" ? undefined : hit.id;
      const go = hit.on ? open(hit.on.object, hit.on.id, pointed) : open(hit.object, hit.id);
      const kind = label(findObject(meta, hit.object)?.label);
      const { title, second, fact } = where(hit);
      const before = kind && second.text ? `${kind} · ` : kind;
      items.push({
        key: `hit:${hit.id}`,
        group: "records",
        icon: tile(meta, hit.object),
        text: hit.label,
        marks: title,
        hint: `${before}${second.text}`,
        hintMarks: second.ranges.map(([from, to]) => [from + before.length, to + before.length]),
        fact,
        nearly: hit.typo,
        run: () => {
          searches.note(query);
          go();
        },
      });
    }
    items.push(...searches.items);
  }
  const offered = places.filter(
    (place) => holds(`${place.text} ${place.key}`, query) && (query !== "" || !place.asked),
  );
  // Each group once, whatever order its entries come in.
  for (const group of ["goTo", "commands"]) {
    const own = offered.filter((place) => place.group === group);
    items.push(...own.map((place) => ({ ...place, marks: marksAsTyped(place.text, query) })));
  }
  const searching = query !== "" && (search.isFetching || rested !== query);
  const hint = query === "" ? "" : (search.data?.hint?.message ?? "");
  return { items, searching, hint, maySave: searches.maySave, standing: searches.standing };
}
