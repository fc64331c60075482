import { Form } from "antd";
import { useState } from "react";
import type { Reference } from "@/api/types";
import { FieldInput } from "@/fields/field-input";
import { asReference } from "@/fields/values";
import { pickerField } from "../picker-field";
import { RecordsPicker } from "../records-picker";
import { useRecordName } from "./use-record-name";

interface RecordChoiceProps {
  object: string;
  label: string;
  /** An id; empty where none is chosen. */
  value: string;
  onChange: (id: string) => void;
}

/** One record where its id alone is kept: its name is read. */
export function RecordChoice({ object, label, value, onChange }: RecordChoiceProps) {
  const id = `import-${object}`;
  return (
    <Form.Item label={label} htmlFor={id}>
      <RecordInput id={id} object={object} label={label} value={value} onChange={onChange} />
    </Form.Item>
  );
}

export function RecordInput({ id, object, label, value, onChange }: RecordChoiceProps & { id: string }) {
  const [chosen, setChosen] = useState<Reference | null>(null);
  const isNamed = chosen?.id === value;
  const named = useRecordName(object, isNamed ? "" : value);
  const name = isNamed ? chosen.label : named;
  return (
    <FieldInput
      field={pickerField(object, { "zh-CN": label, en: label }, false)}
      id={id}
      value={value === "" ? null : { id: value, label: name }}
      onChange={(next) => {
        const reference = asReference(next);
        setChosen(reference);
        onChange(reference?.id ?? "");
      }}
      placeholder={label}
    />
  );
}

interface RecordsChoiceProps {
  object: string;
  label: string;
  value: string[];
  onChange: (ids: string[]) => void;
}

/** Several records, in the order they were chosen. */
export function RecordsChoice({ object, label, value, onChange }: RecordsChoiceProps) {
  const id = `import-${object}s`;
  return (
    <Form.Item label={label} htmlFor={id}>
      <RecordsPicker id={id} object={object} label={{ "zh-CN": label, en: label }} value={value} onChange={onChange} />
    </Form.Item>
  );
}
