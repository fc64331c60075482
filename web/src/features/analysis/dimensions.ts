import type { Meta } from "@/api/types";
import { findObject, resolvePath } from "@/engine/meta";
import { DEAL, LINE } from "./use-deals";

export const DIMENSIONS = ["source", "product", "owner", "region", "level", "industry", "kind", "competitor"] as const;
export type DimensionName = (typeof DIMENSIONS)[number];

/** By what deals are compared. */
export interface Dimension {
  name: DimensionName;
  /** Whose records are counted. */
  object: string;
  path: string;
  /** From a record of the object to its deal. */
  via: string;
}

const ALL: Dimension[] = [
  { name: "source", object: DEAL, path: "source", via: "" },
  { name: "product", object: LINE, path: "product", via: "opportunity." },
  { name: "owner", object: DEAL, path: "owner", via: "" },
  { name: "region", object: DEAL, path: "account.address.province", via: "" },
  { name: "level", object: DEAL, path: "account.level", via: "" },
  { name: "industry", object: DEAL, path: "account.industry", via: "" },
  { name: "kind", object: DEAL, path: "kind", via: "" },
  { name: "competitor", object: "opportunity_competitor", path: "competitor", via: "opportunity." },
];

/** Those that the caller may see and group by. */
export function dimensionsFor(meta: Meta): Dimension[] {
  return ALL.filter(({ object, path }) => {
    const owner = findObject(meta, object);
    const found = owner ? resolvePath(meta, owner, path) : null;
    // A part of an address, which comes as a text, can be grouped by though the address cannot.
    return found !== null && (found.field.groupable || path.includes(".address."));
  });
}
