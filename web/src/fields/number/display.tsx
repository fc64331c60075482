import { useFormats } from "@/i18n/formats";
import type { FieldDisplayProps } from "../types";
import { numberText } from "./text";

export function NumberDisplay({ field, value }: FieldDisplayProps) {
  const formats = useFormats();
  return <span className="gx-numeric">{numberText(value, field, formats)}</span>;
}
