import type { ComponentType } from "react";
import type { FieldValues, Meta, ObjectMeta, RecordData } from "@/api/types";

export interface RecordPanelProps {
  object: ObjectMeta;
  record: RecordData;
  /** Whether the caller may change this record now. */
  editable: boolean;
  onSave: (values: FieldValues, version?: number) => Promise<void>;
}

export interface RecordPanel {
  panel: ComponentType<RecordPanelProps>;
  /** Fields it shows, so that the facts above need not. */
  shows: string[];
  /** How much room it needs, in pixels: kept while it is fetched, so that nothing below it moves. */
  room: number;
}

/**
 * What a feature draws on the page of a record, above its tabs; by object. The engine knows none of them:
 * `app/record-panels.ts` fills this, and comes with the record page.
 */
export const recordPanels = new Map<string, RecordPanel>();

export interface RecordStripProps {
  object: ObjectMeta;
  record: RecordData;
  editable: boolean;
}

export interface RecordStrip {
  name: string;
  /** Whether it may have something to say about records of this object. */
  offered: (meta: Meta, object: ObjectMeta) => boolean;
  strip: ComponentType<RecordStripProps>;
}

/** What features say of records of any object, a line or two each, above the tabs; filled where `recordPanels` is. */
export const recordStrips: RecordStrip[] = [];
