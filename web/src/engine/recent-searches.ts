import { useMe, usePreference } from "./session";

const KEEP = 8;
/** What is longer was pasted, and is not asked for again. */
const LONGEST = 100;

const NONE: string[] = [];

export interface RecentSearches {
  /** Newest first. */
  searches: string[];
  note: (text: string) => void;
  remove: (text: string) => void;
  clear: () => void;
}

/**
 * What the caller searched for last, with his preferences. Whoever looks with somebody else's rights neither sees what
 * that one looked for nor leaves anything there.
 */
export function useRecentSearches(): RecentSearches {
  const me = useMe();
  const [stored, write] = usePreference<string[]>("searches", NONE);
  const own = !me.viewer;
  const searches = own && Array.isArray(stored) ? stored : NONE;
  const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
  const without = (text: string) => searches.filter((search) => !same(search, text));
  return {
    searches,
    note: (text) => {
      const search = text.trim();
      if (own && search !== "" && search.length <= LONGEST && searches[0] !== search)
        write([search, ...without(search)].slice(0, KEEP));
    },
    remove: (text) => own && write(without(text)),
    clear: () => own && write([]),
  };
}
