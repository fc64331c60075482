import type { Meta, ObjectMeta, SearchHit } from "@/api/types";
import { findObject } from "@/engine/meta";
import type { Range } from "@/ui/matched/ranges";

export type MatchedField = SearchHit["matched"][number];

/** A value of a record in which something was found that neither its title nor the line below shows. */
export interface Fact {
  /** The field, in the reader's language. */
  label: string;
  text: string;
  ranges: Range[];
}

/** Where a record was found, as the server tells it: it alone knows what the reader may see whole. */
export interface FoundIn {
  title: Range[];
  second: { text: string; ranges: Range[] };
  fact: Fact | null;
}

type Labels = (label: ObjectMeta["label"] | undefined) => string;

/** What is found in a file beside its name is what it says. */
const FILE_TEXT = "text";

export function foundIn(meta: Meta, hit: SearchHit, label: Labels, fileText: string): FoundIn {
  const fields = findObject(meta, hit.object)?.fields ?? [];
  // A title is told whole; of a longer one no mark would fit.
  const title = hit.matched.find(({ text }) => text === hit.label);
  const rest = hit.matched.filter((one) => one !== title);
  const second = rest.find(({ field }) => field === hit.subtitle_field);
  const other = rest.find((one) => one !== second);
  const named = (field: string) => {
    const known = fields.find(({ name }) => name === field);
    if (known) return label(known.label);
    return hit.object === "file" && field === FILE_TEXT ? fileText : "";
  };
  return {
    title: title ? rangesOf(title) : [],
    second: second ? { text: second.text, ranges: rangesOf(second) } : { text: flat(hit.subtitle), ranges: [] },
    fact: other ? { label: named(other.field), text: other.text, ranges: rangesOf(other) } : null,
  };
}

const rangesOf = ({ ranges }: MatchedField): Range[] => ranges.map(([from = 0, to = 0]) => [from, to]);
const flat = (text: string) => text.replace(/\s/g, " ");
