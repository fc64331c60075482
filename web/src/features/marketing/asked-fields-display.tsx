import { useTranslation } from "react-i18next";
import { findField, useObject } from "@/engine/meta";
import type { FieldDisplayProps } from "@/fields/types";
import { useLabel } from "@/i18n/i18n";
import { isNeeded, LEAD, readAsked } from "./asked-fields";
import "./marketing.css";

/** What a form asks for, as people read it. */
export function AskedFieldsDisplay({ value }: FieldDisplayProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const lead = useObject(LEAD);
  return (
    <ol className="gx-asked-list">
      {readAsked(value).map((one) => {
        const field = lead ? findField(lead, one.field) : null;
        const required = one.required || (field !== null && isNeeded(field));
        return (
          <li key={one.field}>
            {one.label || label(field?.label) || one.field}
            {required ? <small>{t("marketing.form.required")}</small> : null}
          </li>
        );
      })}
    </ol>
  );
}
