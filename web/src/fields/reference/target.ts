import type { FieldMeta } from "@/api/types";

/** The object a pointing field points at. */
export function referenceTarget(field: FieldMeta): string {
  if (field.target) return field.target;
  if (field.type === "user" || field.type === "department") return field.type;
  return field.type === "tags" ? "tag" : "";
}

/** What the records must be that a field offers to choose from; any where it does not say. */
export function offeredWhen(field: FieldMeta): string | undefined {
  return (field as { offered_when?: string }).offered_when;
}
