import type { ComponentType } from "react";
import type { Label, ObjectMeta, RecordData, RelatedListMeta } from "@/api/types";

export interface RelatedWayProps {
  list: RelatedListMeta;
  target: ObjectMeta;
  object: ObjectMeta;
  record: RecordData;
}

/** Another way to look at what belongs to a record than as a list. */
export interface RelatedWay {
  label: Label;
  load: () => Promise<{ default: ComponentType<RelatedWayProps> }>;
}

const ways = new Map<string, RelatedWay>();

/** Offers a way to look at a related list, by what is listed. The product's own screens are not the engine's to know. */
export function offerRelatedWay(target: string, way: RelatedWay): void {
  ways.set(target, way);
}

export const relatedWay = (target: string): RelatedWay | null => ways.get(target) ?? null;
