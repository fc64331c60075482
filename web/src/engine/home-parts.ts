import type { ParseKeys } from "i18next";
import type { ComponentType, ReactNode } from "react";
import type { Meta } from "@/api/types";

/** The frame that the home page puts around a figure. */
export interface HomeFrameProps {
  title: string;
  /** At the end of the head. */
  link?: ReactNode;
  /** Said instead of the content where there is none. */
  empty?: ReactNode;
  children?: ReactNode;
}

export interface HomeFigureProps {
  /** The figure's own name. */
  name: string;
  /** Of one's own records; otherwise of all one sees. */
  mine: boolean;
  /** It was put there by the member: where he may no longer see it, he is told so. */
  kept: boolean;
  onRemove: () => void;
  Frame: ComponentType<HomeFrameProps>;
}

/** Figures of features that a member may put on his home page. */
export interface HomeFigures {
  HomeFigure: ComponentType<HomeFigureProps>;
  /** Those that the caller may see, in the order they are offered. */
  figuresFor: (meta: Meta) => string[];
  /** Of which page it is, and how it is called there; null for one that is not known. */
  figureTitle: (name: string) => ParseKeys[] | null;
}

/** Fetches them with their texts, when a page has one or offers them; `app/home-parts.ts` says how. */
export const homeFigures: { load: () => Promise<HomeFigures> } = {
  load: () => Promise.reject(new Error("no figures")),
};
