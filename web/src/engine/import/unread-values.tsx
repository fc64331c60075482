import { Select } from "antd";
import { useTranslation } from "react-i18next";
import type { RowProblem } from "@/api/imports";
import { useLabel } from "@/i18n/i18n";
import { findField, findObject, useMeta } from "../meta";
import { placeOf } from "./grid-model";
import { unreadValues } from "./mapping";
import type { PartDraft } from "./plan";
import { useFieldNames } from "./use-field-names";

interface UnreadValuesProps {
  parts: PartDraft[];
  problems: RowProblem[];
  onRead: (part: PartDraft, field: string, cell: string, value: string) => void;
}

const SHOWN = 12;

/** Words of the file that are no option of their field: say here which one is meant. */
export function UnreadValues({ parts, problems, onRead }: UnreadValuesProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const fieldName = useFieldNames(parts);
  const placed = problems.map((problem) => ({ ...problem, ...placeOf(problem, parts) }));
  const found = parts.flatMap((part) => {
    const object = findObject(meta, part.object);
    return part.mapping.flatMap((choice) => {
      const field = choice.field && object ? findField(object, choice.field) : null;
      const unread = field?.options ? unreadValues(placed, field.name, part.key).slice(0, SHOWN) : [];
      return field && unread.length > 0 ? [{ part, field, unread, read: choice.options.values ?? {} }] : [];
    });
  });
  if (found.length === 0) return null;
  return (
    <section className="gx-panel">
      <h2>{t("imports.unreadTitle")}</h2>
      <p>{t("imports.unreadText")}</p>
      {found.map(({ part, field, unread, read }) => (
        <div key={`${part.key}.${field.name}`} className="gx-import-unread">
          <h3>{fieldName(part.key, field.name)}</h3>
          {unread.map(({ value, rows }) => (
            <div key={value}>
              <span className="gx-ellipsis">
                “{value}” <small className="gx-muted">{t("imports.rows", { n: rows })}</small>
              </span>
              <Select
                value={read[value]}
                placeholder={t("imports.readAs")}
                onChange={(option) => onRead(part, field.name, value, option)}
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
