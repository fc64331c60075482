import { Input } from "antd";
import type { FieldInputProps } from "../types";
import { asText } from "../values";

interface Props extends FieldInputProps {
  mode: "email" | "url" | "tel";
  placeholder?: string;
}

/** One line with the right keyboard on a phone; blanks around a pasted value go when the field is left. */
export function TypedTextInput(props: Props) {
  const { field, value, onChange, id, autoFocus, disabled, status, inline, describedBy, mode, placeholder } = props;
  const text = asText(value);
  return (
    <Input
      {...(id ? { id } : {})}
      value={text}
      inputMode={mode}
      autoComplete="off"
      spellCheck={false}
      placeholder={placeholder}
      onChange={(event) => onChange(event.target.value === "" ? null : event.target.value)}
      onBlur={() => {
        if (text !== text.trim()) onChange(text.trim() || null);
      }}
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
