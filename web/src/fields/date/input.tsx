import { DatePicker } from "antd";
import dayjs from "dayjs";
import type { FieldInputProps } from "../types";
import { asText } from "../values";

export function DateInput(props: FieldInputProps) {
  const { value, onChange, onFinish, id, autoFocus, disabled, status, inline, describedBy } = props;
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
      format={["YYYY-MM-DD", "YYYY/M/D", "YYYYMMDD"]}
      style={{ width: "100%" }}
      defaultOpen={Boolean(inline)}
      autoFocus={autoFocus}
      disabled={disabled}
      status={status}
      variant={inline ? "borderless" : "outlined"}
      aria-describedby={describedBy}
    />
  );
}
