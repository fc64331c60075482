import { createContext, useContext } from "react";
import type { FieldValues, Reference } from "@/api/types";

/**
 * Opens the form of a new record over whatever is on screen and tells what was made. The engine provides it; inputs
 * below only ask for it, so that fields stay unaware of forms.
 */
export type CreateInPlace = (object: string, prefill: FieldValues, onCreated: (made: Reference) => void) => void;

export const CreateInPlaceContext = createContext<CreateInPlace | null>(null);

export function useCreateInPlace(): CreateInPlace | null {
  return useContext(CreateInPlaceContext);
}
