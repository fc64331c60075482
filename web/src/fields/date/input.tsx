import { DatePicker } from "antd";
import dayjs from "dayjs";
import { useFormats } from "@/i18n/formats";
import type { FieldInputProps } from "../types";
import { asText } from "../values";
import { datePatterns } from "./pattern";

export function DateInput(props: FieldInputProps) {
  const { value, onChange, onFinish, id, autoFocus, disabled, status, inline, describedBy } = props;
  const { locale } = useFormats();
  const text = asText(value);
  return (
    <DatePicker
      {...(id ? { id } : {})}
      value={text ? dayjs(text) : null}
      onChange={(next) => {
        const day = next ? next.format("YYYY-MM-DD") : null;
        onChange(day);
        onFinish?.(day);
      }}
      format={datePatterns(locale)}
      style={{ width: "100%" }}
      defaultOpen={Boolean(inline)}
      autoFocus={autoFocus}
      disabled={disabled}
      status={status}
      variant={inline ? "borderless" : "outlined"}
      aria-describedby={describedBy}
      aria-invalid={status === "error" || undefined}
    />
  );
}
