import type { FieldMeta, FieldType, RecordData } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { MatchedText } from "@/ui/matched/matched-text";
import type { Matches } from "@/ui/matched/use-matches";
import { FieldDisplay } from "../field-display";
import { fieldKind } from "../registry";
import { coverOf, isEmptyValue } from "../values";

/** Kinds of values that are shown as text and found by their words. */
const TEXTS = new Set<FieldType>(["text", "long_text", "phone", "email", "url", "person_name", "address"]);

interface Props {
  field: FieldMeta;
  row: RecordData;
  /** Whether words are found in this field. */
  searched: boolean;
  matches: Matches;
}

/** A value as everywhere, or its text with what was found in it marked; a covered one never is. */
export function MatchedValue({ field, row, searched, matches }: Props) {
  const formats = useFormats();
  const value = row[field.name];
  const covered = coverOf(row, field.name);
  if (searched && TEXTS.has(field.type) && !field.masked && !covered && !isEmptyValue(value)) {
    const text = fieldKind(field).toText(value ?? null, field, formats);
    const ranges = matches.rangesIn(text);
    if (ranges.length > 0) return <MatchedText text={text} ranges={ranges} />;
  }
  return <FieldDisplay field={field} value={value} record={row} />;
}
