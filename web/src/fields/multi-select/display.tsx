import { SelectDisplay } from "../select/display";
import type { FieldDisplayProps } from "../types";
import { asStrings } from "../values";

export function MultiSelectDisplay({ field, value, variant }: FieldDisplayProps) {
  return (
    <span className="gx-field-chips">
      {asStrings(value).map((item) => (
        <span key={item}>
          <SelectDisplay field={field} value={item} variant={variant} />
        </span>
      ))}
    </span>
  );
}
