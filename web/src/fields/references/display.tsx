import type { FieldDisplayProps } from "../types";
import { asReferences } from "../values";

/** Tags and many-to-many: small chips; a list cell shows what fits. */
export function ReferencesDisplay({ value }: FieldDisplayProps) {
  return (
    <span className="gx-field-chips">
      {asReferences(value).map((reference) => (
        <span key={reference.id} className="gx-tag gx-tag-plain">
          {reference.label ?? "·"}
        </span>
      ))}
    </span>
  );
}
