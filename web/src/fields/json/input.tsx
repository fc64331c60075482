import { Input } from "antd";
import { useState } from "react";
import type { FieldInputProps } from "../types";
import { isEmptyValue, sameValue } from "../values";
import { readJson, unreadText } from "./unread";

/** JSON as text. What does not read as JSON yet is kept as typed, and the form says why it cannot be saved. */
export function JsonInput(props: FieldInputProps) {
  const { value, onChange, id, autoFocus, disabled, status, describedBy } = props;
  const [typed, setTyped] = useState("");
  const written = unreadText(value) ?? (isEmptyValue(value) ? "" : JSON.stringify(value, null, 2));
  return (
    <Input.TextArea
      {...(id ? { id } : {})}
      className="gx-json"
      // One's own spacing stays; a value from elsewhere (a draft dropped, a conflict settled) replaces it.
      value={sameValue(readJson(typed), value) ? typed : written}
      onChange={(event) => {
        setTyped(event.target.value);
        onChange(readJson(event.target.value));
      }}
      autoSize={{ minRows: 3, maxRows: 16 }}
      spellCheck={false}
      autoFocus={autoFocus}
      disabled={disabled}
      status={status}
      aria-describedby={describedBy}
      aria-invalid={status === "error" || undefined}
    />
  );
}
