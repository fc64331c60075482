import { Select } from "antd";
import { useTranslation } from "react-i18next";
import { useLabel } from "@/i18n/i18n";
import { SelectDisplay } from "../select/display";
import type { FieldInputProps } from "../types";
import { asStrings } from "../values";

export function MultiSelectInput(props: FieldInputProps) {
  const { field, value, onChange, id, autoFocus, disabled, status, inline, describedBy } = props;
  const { t } = useTranslation();
  const label = useLabel();
  const current = asStrings(value);
  const options = (field.options ?? [])
    .filter((option) => !option.retired || current.includes(option.value))
    .map((option) => ({ value: option.value, label: label(option.label) }));
  return (
    <Select<string[]>
      {...(id ? { id } : {})}
      mode="multiple"
      value={current}
      onChange={(next) => onChange(next)}
      options={options}
      showSearch={{ optionFilterProp: "label" }}
      optionRender={(option) => <SelectDisplay field={field} value={String(option.value)} variant="cell" />}
      allowClear={!field.required}
      defaultOpen={Boolean(inline)}
      placeholder={t("fields.selectPlaceholder")}
      maxTagCount={inline ? "responsive" : undefined}
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
