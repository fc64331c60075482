import { useFormats } from "@/i18n/formats";
import { pickLabel } from "@/i18n/i18n";
import { useAppearance } from "@/ui/appearance";
import { tagColors } from "@/ui/theme";
import type { FieldDisplayProps } from "../types";
import { asText } from "../values";

export function SelectDisplay({ field, value }: FieldDisplayProps) {
  const { locale } = useFormats();
  const { scheme } = useAppearance();
  const option = field.options?.find((candidate) => candidate.value === value);
  const text = option ? pickLabel(option.label, locale) : asText(value);
  // An option without a colour is plain text: a column of grey pills says less than a column of words.
  if (!option?.color) return <>{text}</>;
  return (
    <span className="gx-tag" style={tagColors(option.color, scheme)}>
      {text}
    </span>
  );
}
