import { useCallback, useEffect, useMemo, useState } from "react";
import { loadPart } from "../lazy-part";
import { type Readings, readReadings } from "./pinyin";
import { type Token, tokensOf, wordsOf } from "./query";
import { matchedRanges, type Range } from "./ranges";

let known: Readings | null = null;
let loading: Promise<Readings> | null = null;

/** How characters are read is 20 kB, which only somebody who types Latin letters needs. */
function loadReadings(): Promise<Readings> {
  loading ??= loadPart(async () => {
    known = readReadings((await import("./readings")).READINGS);
    return known;
  }).catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}

export interface Matches {
  tokens: Token[];
  /** Where a text has what was asked for, or the few tokens named. */
  rangesIn: (text: string, few?: readonly Token[]) => Range[];
}

/** Finds in texts what a search was about: its words, or what stands beside the operators of the search box. */
export function useMatches(query: string, operators = false): Matches {
  const words = operators ? wordsOf(query) : query;
  const [readings, setReadings] = useState(known);
  const wanted = /[a-z]/i.test(words.normalize("NFKC"));
  useEffect(() => {
    let here = true;
    // Without them pinyin is not marked; what was found is there all the same.
    if (wanted) loadReadings().then((loaded) => here && setReadings(loaded), Boolean);
    return () => {
      here = false;
    };
  }, [wanted]);
  const tokens = useMemo(() => tokensOf(words), [words]);
  const rangesIn = useCallback(
    (text: string, few?: readonly Token[]) => matchedRanges(text, few ?? tokens, readings),
    [tokens, readings],
  );
  return { tokens, rangesIn };
}
