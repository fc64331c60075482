import type { FieldValues } from "@/api/types";
import { useRecordForms } from "./form/create-record";
import { useObject } from "./meta";

const PIN = "space_pin";

/** Keeps a record or a saved view at hand in a space, whose name is asked for; null where the caller may pin nothing. */
export function usePin(): ((what: { record: Pinned } | { view: { id: string; label: string } }) => void) | null {
  const pin = useObject(PIN);
  const forms = useRecordForms();
  if (!pin?.access.create) return null;
  return (what) => {
    const { label } = "record" in what ? what.record : what.view;
    const values: FieldValues = { ...what, title: label };
    forms.create(PIN, values, () => {});
  };
}

type Pinned = { object: string; id: string; label: string };
