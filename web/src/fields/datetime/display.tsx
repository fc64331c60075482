import { useFormats } from "@/i18n/formats";
import type { FieldDisplayProps } from "../types";
import { asText } from "../values";

export function DateTimeDisplay({ value }: FieldDisplayProps) {
  const formats = useFormats();
  const text = asText(value);
  return (
    <time className="gx-numeric" dateTime={text} title={formats.relative(text)}>
      {formats.dateTime(text)}
    </time>
  );
}
