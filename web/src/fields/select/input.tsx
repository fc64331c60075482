import { Select } from "antd";
import { useTranslation } from "react-i18next";
import { useLabel } from "@/i18n/i18n";
import type { FieldInputProps } from "../types";
import { asText } from "../values";

export function SelectInput(props: FieldInputProps) {
  const { field, value, onChange, onFinish, id, autoFocus, disabled, status, inline, describedBy } = props;
  const { t } = useTranslation();
  const label = useLabel();
  const current = asText(value);
  const options = (field.options ?? [])
    .filter((option) => !option.retired || option.value === current)
    .map((option) => ({ value: option.value, label: label(option.label) }));
  return (
    <Select<string>
      {...(id ? { id } : {})}
      value={current || undefined}
      onChange={(next) => {
        onChange(next ?? null);
        onFinish?.(next ?? null);
      }}
      options={options}
      showSearch={options.length > 8 ? { optionFilterProp: "label" } : false}
      allowClear={!field.required}
      placeholder={t("fields.selectPlaceholder")}
      defaultOpen={Boolean(inline)}
      popupMatchSelectWidth={inline ? 180 : true}
      autoFocus={autoFocus}
      disabled={disabled}
      status={status}
      variant={inline ? "borderless" : "outlined"}
      style={{ width: "100%" }}
      aria-describedby={describedBy}
      aria-invalid={status === "error" || undefined}
    />
  );
}
