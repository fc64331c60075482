import { Input } from "antd";
import type { FieldInputProps } from "../types";
import { asText } from "../values";

export function LongTextInput(props: FieldInputProps) {
  const { field, value, onChange, id, autoFocus, disabled, status, describedBy } = props;
  return (
    <Input.TextArea
      {...(id ? { id } : {})}
      value={asText(value)}
      onChange={(event) => onChange(event.target.value === "" ? null : event.target.value)}
      autoSize={{ minRows: 3, maxRows: 14 }}
      maxLength={field.max_length}
      autoFocus={autoFocus}
      disabled={disabled}
      status={status}
      aria-describedby={describedBy}
      aria-invalid={status === "error" || undefined}
    />
  );
}
