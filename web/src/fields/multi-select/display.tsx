import { SelectDisplay } from "../select/display";
import type { FieldDisplayProps } from "../types";
import { asStrings } from "../values";

export function MultiSelectDisplay({ field, value, variant }: FieldDisplayProps) {
  return (
    <span className="gx-field-chips">
      {asStrings(value).map((item) => (
        <SelectDisplay key={item} field={field} value={item} variant={variant} />
      ))}
    </span>
  );
}
