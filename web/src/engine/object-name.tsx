import { Select } from "antd";
import { useTranslation } from "react-i18next";
import type { FieldDisplayProps, FieldInputProps } from "@/fields/types";
import { asText } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { findObject, useMeta } from "./meta";

/** A field that holds the name of an object, by what people call it. */
export function ObjectNameDisplay({ value }: FieldDisplayProps) {
  const label = useLabel();
  const name = asText(value);
  return <>{label(findObject(useMeta(), name)?.label) || name}</>;
}

/** Chooses one of the objects people work with. */
export function ObjectNameInput({
  field,
  value,
  onChange,
  id,
  disabled,
  status,
  describedBy,
  autoFocus,
}: FieldInputProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const listed = new Set(meta.navigation.flatMap(({ objects }) => objects));
  const chosen = asText(value);
  return (
    <Select<string>
      {...(id ? { id } : {})}
      value={chosen || undefined}
      onChange={(next: string | undefined) => onChange(next ?? null)}
      options={meta.objects
        .filter(({ name, internal }) => name === chosen || (listed.has(name) && !internal))
        .map((object) => ({ value: object.name, label: label(object.label) }))}
      showSearch={{ optionFilterProp: "label" }}
      allowClear={!field.required}
      placeholder={t("fields.recordKind")}
      disabled={disabled}
      status={status}
      autoFocus={autoFocus}
      aria-describedby={describedBy}
      style={{ width: "100%" }}
    />
  );
}
