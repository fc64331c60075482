import type { FieldMeta } from "@/api/types";

/** The object a pointing field points at. */
export function referenceTarget(field: FieldMeta): string {
  if (field.target) return field.target;
  if (field.type === "user" || field.type === "department") return field.type;
  return field.type === "tags" ? "tag" : "";
}
