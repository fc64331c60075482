import { InputNumber } from "antd";
import type { FieldValue } from "@/api/types";
import type { FieldInputProps } from "../types";
import { asText } from "../values";

/** A whole number as JSON has it, unless it is one JSON would round. */
function wholeNumber(text: string): FieldValue {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
}

/** Works on strings (`stringMode`), so that a decimal of twenty digits survives being edited. */
export function NumberInput(props: FieldInputProps) {
  const { field, value, onChange, id, autoFocus, disabled, status, inline, describedBy } = props;
  const whole = field.type === "number";
  return (
    <InputNumber<string>
      {...(id ? { id } : {})}
      stringMode
      controls={!inline}
      style={{ width: "100%" }}
      value={value === null || value === undefined ? null : asText(value)}
      precision={whole ? 0 : undefined}
      parser={(text) => (text ?? "").replace(/[,，\s%]/g, "")}
      onChange={(next) => onChange(next === null || next === "" ? null : whole ? wholeNumber(next) : next)}
      suffix={field.type === "percent" ? "%" : undefined}
      autoFocus={autoFocus}
      disabled={disabled}
      status={status}
      variant={inline ? "borderless" : "outlined"}
      aria-describedby={describedBy}
      aria-invalid={status === "error" || undefined}
    />
  );
}
