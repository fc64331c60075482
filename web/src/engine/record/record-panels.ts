import type { ComponentType } from "react";
import type { FieldValues, ObjectMeta, RecordData } from "@/api/types";

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
