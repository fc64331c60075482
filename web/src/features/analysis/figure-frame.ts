import { type ComponentType, createContext, type ReactNode } from "react";
import type { HomeFrameProps } from "@/engine/home-parts";

export interface FigureFrame {
  Frame: ComponentType<HomeFrameProps>;
  title: string;
  link: ReactNode;
  /** The time it is of; null where it tells how things are today. */
  time: string | null;
}

/** Where a `FigureCard` stands on the home page, its frame there; null on a page of the analysis. */
export const FigureFrameContext = createContext<FigureFrame | null>(null);
