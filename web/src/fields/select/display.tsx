import { useLabel } from "@/i18n/i18n";
import { useAppearance } from "@/ui/appearance";
import { tagColors } from "@/ui/theme";
import type { FieldDisplayProps } from "../types";
import { asText } from "../values";

export function SelectDisplay({ field, value }: FieldDisplayProps) {
  const label = useLabel();
  const { scheme } = useAppearance();
  const option = field.options?.find((candidate) => candidate.value === value);
  return (
    <span className="gx-tag" style={tagColors(option?.color, scheme)}>
      {option ? label(option.label) : asText(value)}
    </span>
  );
}
