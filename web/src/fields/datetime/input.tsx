import { DatePicker } from "antd";
import { useFormats } from "@/i18n/formats";
import { dateTimePatterns } from "../date/pattern";
import type { FieldInputProps } from "../types";
import { asText } from "../values";
import { fromWallTime, toWallTime } from "./zone";

export function DateTimeInput(props: FieldInputProps) {
  const { value, onChange, onFinish, id, autoFocus, disabled, status, inline, describedBy } = props;
  const { timeZone, locale } = useFormats();
  const text = asText(value);
  return (
    <DatePicker
      {...(id ? { id } : {})}
      value={text ? toWallTime(text, timeZone) : null}
      onChange={(next) => {
        const instant = next ? fromWallTime(next, timeZone) : null;
        onChange(instant);
        onFinish?.(instant);
      }}
      showTime={{ format: "HH:mm", minuteStep: 5 }}
      format={dateTimePatterns(locale)}
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
