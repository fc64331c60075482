import { useQuery } from "@tanstack/react-query";
import { InputNumber, Select, Space } from "antd";
import { metaOptions } from "@/api/queries";
import { useFormats } from "@/i18n/formats";
import type { FieldInputProps } from "../types";
import { asMoney } from "../values";

/** Amount and currency side by side; where the company has one currency only, just the amount. */
export function MoneyInput(props: FieldInputProps) {
  const { field, value, onChange, id, autoFocus, disabled, status, inline, describedBy } = props;
  const formats = useFormats();
  const currencies = useQuery(metaOptions).data?.currencies ?? [];
  const money = asMoney(value);
  const currency = money?.currency || field.currency || formats.currency;
  const amount = (
    <InputNumber<string>
      {...(id ? { id } : {})}
      stringMode
      controls={false}
      value={money?.amount ?? null}
      onChange={(next) => onChange(next === null || next === "" ? null : { amount: next, currency })}
      formatter={(text) => (text ? String(text).replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ",") : "")}
      parser={(text) => (text ?? "").replace(/[,，\s]/g, "")}
      autoFocus={autoFocus}
      disabled={disabled}
      status={status}
      variant={inline ? "borderless" : "outlined"}
      style={{ width: "100%" }}
      aria-describedby={describedBy}
      aria-invalid={status === "error" || undefined}
    />
  );
  if (inline || currencies.length < 2) return amount;
  return (
    <Space.Compact block>
      {amount}
      <Select
        value={currency}
        options={currencies.map((code) => ({ value: code, label: code }))}
        onChange={(next) => money && onChange({ ...money, currency: next })}
        disabled={disabled}
        style={{ width: 92 }}
        aria-label={currency}
      />
    </Space.Compact>
  );
}
