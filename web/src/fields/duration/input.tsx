import { Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldValue } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import type { FieldInputProps } from "../types";
import { durationText, readDuration } from "./text";

/** A text box that understands how people write a length of time. What it cannot read stays as typed. */
export function DurationInput(props: FieldInputProps) {
  const { value, onChange, id, autoFocus, disabled, status, inline, describedBy } = props;
  const { t } = useTranslation();
  const { locale } = useFormats();
  const shown = (current: FieldValue | undefined) =>
    typeof current === "number" ? durationText(current, locale) : String(current ?? "");
  const [text, setText] = useState<string | null>(null);
  return (
    <Input
      {...(id ? { id } : {})}
      value={text ?? shown(value)}
      onChange={(event) => {
        const typed = event.target.value;
        setText(typed);
        onChange(typed.trim() === "" ? null : (readDuration(typed) ?? typed));
      }}
      onBlur={() => setText(null)}
      placeholder={t("fields.durationPlaceholder")}
      autoFocus={autoFocus}
      disabled={disabled}
      status={status}
      variant={inline ? "borderless" : "outlined"}
      aria-describedby={describedBy}
      aria-invalid={status === "error" || undefined}
    />
  );
}
