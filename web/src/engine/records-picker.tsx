import { useMemo, useState } from "react";
import type { Label, Reference } from "@/api/types";
import { FieldInput } from "@/fields/field-input";
import { titleText } from "@/fields/reference/title";
import { asReferences } from "@/fields/values";
import { useObject } from "./meta";
import { pickerField } from "./picker-field";
import { useRecordList } from "./records";

interface RecordsPickerProps {
  id: string;
  object: string;
  label: Label;
  /** Ids alone are kept; their names are read. */
  value: string[];
  onChange: (ids: string[]) => void;
}

/** Chooses records of an object where a definition keeps their ids. */
export function RecordsPicker({ id, object, label, value, onChange }: RecordsPickerProps) {
  const title = useObject(object)?.title_field ?? "name";
  const [chosen, setChosen] = useState<Reference[]>([]);
  const unnamed = value.filter((one) => !chosen.some((reference) => reference.id === one));
  const named = useRecordList(
    object,
    { filter: `id in [${unnamed.map((one) => `"${one}"`).join(", ")}]`, fields: title, limit: 500 },
    { enabled: unnamed.length > 0 },
  );
  const known = useMemo(() => {
    const items = named.data?.pages.flatMap((page) => page.items) ?? [];
    const read = items.map((item): [string, string | null] => [item.id, titleText(item[title])]);
    return new Map<string, string | null>([
      ...read,
      ...chosen.map((one): [string, string | null] => [one.id, one.label]),
    ]);
  }, [named.data, chosen, title]);
  return (
    <FieldInput
      field={pickerField(object, label, true)}
      id={id}
      value={value.map((one) => ({ id: one, label: known.get(one) ?? null }))}
      onChange={(next) => {
        const references = asReferences(next);
        setChosen(references);
        onChange(references.map((reference) => reference.id));
      }}
    />
  );
}
