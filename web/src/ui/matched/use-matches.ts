import { useCallback, useEffect, useMemo, useState } from "react";
import { loadPart } from "../lazy-part";
import { isCjk, readVariants, type Variants } from "./fold";
import { type Readings, readReadings } from "./pinyin";
import { type Token, tokensOf, wordsOf } from "./query";
import { matchedRanges, type Range } from "./ranges";

/** A table that is fetched when first needed, and kept. */
class Table<T> {
  known: T | null = null;
  private loading: Promise<T> | null = null;

  constructor(private readonly read: () => Promise<T>) {}

  load(): Promise<T> {
    this.loading ??= loadPart(async () => {
      this.known = await this.read();
      return this.known;
    }).catch((error: unknown) => {
      this.loading = null;
      throw error;
    });
    return this.loading;
  }
}

/** How characters are read is 20 kB, which only somebody who types Latin letters needs. */
const READINGS = new Table<Readings>(async () => readReadings((await import("./readings")).READINGS));
/** Which of them are one in traditional and simplified Chinese is 10 kB, for who types Chinese. */
const VARIANTS = new Table<Variants>(async () => readVariants((await import("./variants")).VARIANTS));

/** The table once it is there; it is fetched where it is wanted. */
function useTable<T>(table: Table<T>, wanted: boolean): T | null {
  const [loaded, setLoaded] = useState(table.known);
  useEffect(() => {
    let here = true;
    // Without it less is marked; what was found is there all the same.
    if (wanted) table.load().then((known) => here && setLoaded(known), Boolean);
    return () => {
      here = false;
    };
  }, [table, wanted]);
  return loaded;
}

export interface Matches {
  tokens: Token[];
  /** Where a text has what was asked for, or the few tokens named. */
  rangesIn: (text: string, few?: readonly Token[]) => Range[];
}

/** Finds in texts what a search was about: its words, or what stands beside the operators of the search box. */
export function useMatches(query: string, operators = false): Matches {
  const words = operators ? wordsOf(query) : query;
  const readings = useTable(READINGS, /[a-z]/i.test(words.normalize("NFKC")));
  const variants = useTable(VARIANTS, [...words].some(isCjk));
  const tokens = useMemo(() => tokensOf(words, variants), [words, variants]);
  const rangesIn = useCallback(
    (text: string, few?: readonly Token[]) => matchedRanges(text, few ?? tokens, readings, variants),
    [tokens, readings, variants],
  );
  return { tokens, rangesIn };
}
