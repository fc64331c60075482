import { useFormats } from "@/i18n/formats";
import type { FieldDisplayProps } from "../types";
import { asText } from "../values";
import { durationText } from "./text";

export function DurationDisplay({ value }: FieldDisplayProps) {
  const { locale } = useFormats();
  const seconds = Number(value);
  return <span className="gx-numeric">{Number.isFinite(seconds) ? durationText(seconds, locale) : asText(value)}</span>;
}
