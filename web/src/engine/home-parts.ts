import type { ComponentType } from "react";
import type { Meta } from "@/api/types";

/** What a feature shows on the home page; the page frames it, names it and lets everybody put it where he wants it. */
export interface HomePart {
  part: ComponentType<{ mine: boolean }>;
  /** Whether the caller sees what it is made of. */
  offered: (meta: Meta) => boolean;
}

/** By the card's name on the home page; `app/home-parts.ts` fills it. */
export const homeParts = new Map<string, HomePart>();
