import { Select } from "antd";
import { useTranslation } from "react-i18next";
import type { RowProblem } from "@/api/imports";
import type { ObjectMeta } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { findField } from "../meta";
import { type ColumnChoice, unreadValues } from "./mapping";

interface UnreadValuesProps {
  object: ObjectMeta;
  mapping: ColumnChoice[];
  problems: RowProblem[];
  onRead: (field: string, cell: string, value: string) => void;
}

const SHOWN = 12;

/** Words of the file that are no option of their field: say here which one is meant. */
export function UnreadValues({ object, mapping, problems, onRead }: UnreadValuesProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const parts = mapping.flatMap((choice) => {
    const field = choice.field ? findField(object, choice.field) : null;
    const unread = field?.options ? unreadValues(problems, field.name).slice(0, SHOWN) : [];
    return field && unread.length > 0 ? [{ field, unread, read: choice.options.values ?? {} }] : [];
  });
  if (parts.length === 0) return null;
  return (
    <section className="gx-panel">
      <h2>{t("imports.unreadTitle")}</h2>
      <p>{t("imports.unreadText")}</p>
      {parts.map(({ field, unread, read }) => (
        <div key={field.name} className="gx-import-unread">
          <h3>{label(field.label)}</h3>
          {unread.map(({ value, rows }) => (
            <div key={value}>
              <span className="gx-ellipsis">
                “{value}” <small className="gx-muted">{t("imports.rows", { n: rows })}</small>
              </span>
              <Select
                value={read[value]}
                placeholder={t("imports.readAs")}
                onChange={(option) => onRead(field.name, value, option)}
                options={(field.options ?? [])
                  .filter((option) => !option.retired)
                  .map((option) => ({ value: option.value, label: label(option.label) }))}
                aria-label={t("imports.readAsFor", { value })}
              />
            </div>
          ))}
        </div>
      ))}
    </section>
  );
}
