import { createContext, useContext } from "react";
import type { Label } from "@/api/types";

/** A kind of record one may be chosen of. */
export interface RecordKind {
  name: string;
  label: Label;
  /** Whether it stands in the navigation; others are chosen only where they have been already. */
  listed: boolean;
}

/** The kinds there are. The engine provides them; inputs below only ask, so that fields stay unaware of it. */
export const RecordKindsContext = createContext<readonly RecordKind[]>([]);

export function useRecordKinds(): readonly RecordKind[] {
  return useContext(RecordKindsContext);
}
