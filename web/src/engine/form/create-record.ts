import { createContext, useContext } from "react";
import type { FieldValues, RecordData } from "@/api/types";

export interface RecordForms {
  /**
   * A new record over the page one is on; without `onSaved` the record's page opens. `quiet`: whoever is told of the
   * record says himself that it was saved.
   */
  create(object: string, initial?: FieldValues, onSaved?: (made: RecordData) => void, quiet?: boolean): void;
  /** The whole form of a record over the page one is on. */
  edit(object: string, record: RecordData, onSaved?: (saved: RecordData) => void): void;
}

export const CreateRecordContext = createContext<RecordForms | null>(null);

/** Opens forms as drawers, from anywhere inside the shell. */
export function useRecordForms(): RecordForms {
  const forms = useContext(CreateRecordContext);
  if (!forms) throw new Error("useRecordForms outside RecordDrawerProvider");
  return forms;
}
