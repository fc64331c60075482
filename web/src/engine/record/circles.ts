import type { ObjectMeta, RecordData } from "@/api/types";
import { asReference, isEmptyValue } from "@/fields/values";
import type { Viewer } from "../expression/record-scope";

const OWNER = "owner";

/** The circle that a record of nobody lies in, or is itself, and that the caller belongs to without keeping it. */
export function circleOf(
  object: ObjectMeta,
  record: RecordData,
  { circles, keeps }: Pick<Viewer, "circles" | "keeps">,
): string | null {
  const only = (id: string) => circles?.includes(id) === true && keeps?.includes(id) !== true;
  if (only(record.id)) return record.id;
  if (!isEmptyValue(record[OWNER])) return null;
  const ids = object.fields
    .filter((field) => field.type === "reference")
    .flatMap((field) => asReference(record[field.name])?.id ?? []);
  return ids.find(only) ?? null;
}
