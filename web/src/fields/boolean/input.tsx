import { Select, Switch } from "antd";
import { useTranslation } from "react-i18next";
import type { FieldInputProps } from "../types";

/** A switch in forms; in a list cell a choice, because there a slip of the mouse must not save. */
export function BooleanInput(props: FieldInputProps) {
  const { value, onChange, onFinish, id, autoFocus, disabled, status, inline, describedBy } = props;
  const { t } = useTranslation();
  if (!inline) {
    return (
      <Switch
        {...(id ? { id } : {})}
        checked={value === true}
        onChange={onChange}
        autoFocus={autoFocus}
        disabled={disabled}
        aria-describedby={describedBy}
        aria-invalid={status === "error" || undefined}
      />
    );
  }
  return (
    <Select<string>
      value={value === true ? "yes" : "no"}
      defaultOpen
      onChange={(next) => {
        onChange(next === "yes");
        onFinish?.(next === "yes");
      }}
      options={[
        { value: "yes", label: t("fields.yes") },
        { value: "no", label: t("fields.no") },
      ]}
      autoFocus={autoFocus}
      disabled={disabled}
      status={status}
      variant="borderless"
      style={{ width: "100%" }}
    />
  );
}
