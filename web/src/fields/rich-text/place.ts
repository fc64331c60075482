import { createContext } from "react";

/** The record whose fields are edited; a rich text of it is edited together with others. None for a new record. */
export interface TextPlace {
  object: string;
  id: string;
}

export const TextPlaceContext = createContext<TextPlace | null>(null);

/** Told by a text that is edited together: it saves itself, and whoever drew its input has nothing to save. */
export interface Together {
  begin(): void;
  /** With what it says at the end, as HTML. */
  end(html: string): void;
}

export const TogetherContext = createContext<Together | null>(null);
