import { useTranslation } from "react-i18next";
import type { FieldValue } from "@/api/types";
import { findField, useObject } from "@/engine/meta";
import type { FieldDisplayProps } from "@/fields/types";
import { useLabel } from "@/i18n/i18n";
import { isNeeded, LEAD, readAsked } from "./asked-fields";
import "./marketing.css";

/** What each field is called, and whether it must be filled in. */
function useNames(value: FieldValue): { field: string; name: string; required: boolean }[] {
  const label = useLabel();
  const lead = useObject(LEAD);
  return readAsked(value).map((one) => {
    const field = lead ? findField(lead, one.field) : null;
    return {
      field: one.field,
      name: one.label || label(field?.label) || one.field,
      required: one.required || (field !== null && isNeeded(field)),
    };
  });
}

/** What a form asks for, as people read it. */
export function AskedFieldsDisplay({ value }: FieldDisplayProps) {
  const { t } = useTranslation();
  const names = useNames(value);
  return (
    <ol className="gx-asked-list">
      {names.map(({ field, name, required }) => (
        <li key={field}>
          {name}
          {required ? <small>{t("marketing.form.required")}</small> : null}
        </li>
      ))}
    </ol>
  );
}

/** The same in one line, required ones marked. */
export function AskedFieldsLine({ value }: FieldDisplayProps) {
  const { t } = useTranslation();
  return useNames(value)
    .map(({ name, required }) => `${name}${required ? "*" : ""}`)
    .join(t("common.comma"));
}
