import { Input } from "antd";
import type { FieldInputProps } from "../types";
import { asText } from "../values";

export function TextInput(props: FieldInputProps) {
  const { field, value, onChange, id, autoFocus, disabled, status, inline, describedBy } = props;
  return (
    <Input
      {...(id ? { id } : {})}
      value={asText(value)}
      onChange={(event) => onChange(event.target.value === "" ? null : event.target.value)}
      maxLength={field.max_length}
      autoFocus={autoFocus}
      disabled={disabled}
      status={status}
      variant={inline ? "borderless" : "outlined"}
      aria-describedby={describedBy}
      aria-invalid={status === "error" || undefined}
    />
  );
}
