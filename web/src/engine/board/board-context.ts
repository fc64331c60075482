import { createContext, useContext } from "react";
import type { BoardHints } from "./hints";

const NONE: BoardHints = {
  weighted: null,
  since: null,
  due: null,
  stalled: null,
  unplanned: null,
  settings: null,
  steps: null,
  choices: [],
};

const HintsContext = createContext<BoardHints>(NONE);

/** What the metadata tells of the board around. */
export const BoardHintsProvider = HintsContext.Provider;

export const useBoardHints = (): BoardHints => useContext(HintsContext);
