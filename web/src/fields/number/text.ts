import type { FieldMeta, FieldValue } from "@/api/types";
import type { Formats } from "@/i18n/formats";
import { asText } from "../values";

/** Integers, decimals (strings, every digit kept) and percents, grouped for the language. */
export function numberText(value: FieldValue, field: FieldMeta, formats: Formats): string {
  const text = asText(value);
  if (!/^-?\d+(\.\d+)?$/.test(text)) return text;
  const type = field.result ?? field.type;
  if (type === "number") return field.number_format === "plain" ? text : formats.decimal(text, 0);
  const trimmed = text.includes(".") && type === "percent" ? text.replace(/\.?0+$/, "") : text;
  const shown = formats.decimal(trimmed, type === "percent" ? 0 : (field.scale ?? 0));
  return type === "percent" ? `${shown}%` : shown;
}
