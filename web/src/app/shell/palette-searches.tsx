import { ClearOutlined, HistoryOutlined, StarFilled, StarOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useRecentSearches } from "@/engine/recent-searches";
import { type SavedSearch, useSavedSearches } from "@/engine/saved-searches";
import type { Matches } from "@/ui/matched/use-matches";
import type { PaletteItem } from "./palette-items";

/** So many are offered before anything is typed, so that what was opened last stays in sight... */
const SAVED = 3;
const RECENT = 4;
/** ...and while one types. */
const FEW = 3;

/** What can be done with searches that are kept. */
export interface SearchActions {
  /** Puts a text into the box. */
  fill: (text: string) => void;
  edit: (search: SavedSearch) => void;
  remove: (search: SavedSearch) => void;
  /** Says what was done to who hears the page. */
  tell: (text: string) => void;
}

/** The searches saved and those made last; what is typed narrows them down. */
export function useSearchItems(query: string, matches: Matches, actions: SearchActions) {
  const { t } = useTranslation();
  const recent = useRecentSearches();
  const { searches, maySave } = useSavedSearches();
  const [all, setAll] = useState(false);

  const savedItem = (search: SavedSearch): PaletteItem => ({
    key: `saved:${search.id}`,
    group: "savedSearches",
    icon: search.mine ? <StarFilled /> : <StarOutlined />,
    text: search.name,
    marks: matches.rangesIn(search.name),
    hint: [search.text === search.name ? "" : search.text, search.shared ? t("search.sharedBy") : ""]
      .filter(Boolean)
      .join(" · "),
    stays: true,
    run: () => actions.fill(search.text),
    ...(search.mine && maySave
      ? {
          edit: { label: t("search.editOne", { name: search.name }), run: () => actions.edit(search) },
          remove: { label: t("search.deleteOne", { name: search.name }), run: () => actions.remove(search) },
        }
      : {}),
  });
  const recentItem = (text: string): PaletteItem => ({
    key: `search:${text}`,
    group: "recentSearches",
    icon: <HistoryOutlined />,
    text,
    stays: true,
    run: () => actions.fill(text),
    remove: {
      label: t("search.removeOne", { name: text }),
      run: () => {
        recent.remove(text);
        actions.tell(t("search.removed", { name: text }));
      },
    },
  });

  const items: PaletteItem[] = [];
  if (query === "") {
    items.push(...searches.slice(0, all ? undefined : SAVED).map(savedItem));
    if (!all && searches.length > SAVED)
      items.push({
        key: "saved:all",
        group: "savedSearches",
        icon: <StarOutlined />,
        text: t("search.all", { n: searches.length }),
        stays: true,
        run: () => setAll(true),
      });
    items.push(...recent.searches.slice(0, RECENT).map(recentItem));
    if (recent.searches.length > 0)
      items.push({
        key: "search:clear",
        group: "recentSearches",
        icon: <ClearOutlined />,
        text: t("search.clear"),
        stays: true,
        run: () => {
          recent.clear();
          actions.tell(t("search.cleared"));
        },
      });
  } else {
    const holds = (text: string) => text.toLowerCase().includes(query.toLowerCase());
    // The one that stands in the box already is where he is.
    const found = searches.filter(
      (search) => search.text !== query && (holds(search.name) || matches.rangesIn(search.name).length > 0),
    );
    items.push(...found.slice(0, FEW).map(savedItem));
    const before = recent.searches.filter((text) => text.toLowerCase() !== query.toLowerCase() && holds(text));
    items.push(...before.slice(0, FEW).map(recentItem));
  }
  const standing = searches.find((search) => search.mine && search.text === query) ?? null;
  return { items, maySave, standing, note: recent.note };
}
