import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { FieldValues, ObjectMeta, RecordData } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { fieldStates } from "../form/conditions";
import { formSections } from "../form/layout";
import { useViewer } from "../viewer";
import { InlineField } from "./inline-field";

interface Props {
  object: ObjectMeta;
  record: RecordData;
  editable: boolean;
  onSave: (values: FieldValues) => Promise<void>;
}

/** Every field in its section, each edited where it stands; those that do not apply are left out. */
export function OverviewTab({ object, record, editable, onSave }: Props) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const viewer = useViewer();
  const sections = useMemo(() => formSections(object, true), [object]);
  const states = useMemo(() => fieldStates(object.fields, record, viewer), [object, record, viewer]);
  return (
    <div className="gx-overview">
      {sections.map((section) => {
        const fields = section.fields.filter(
          (field) => states.get(field.name)?.visible && record[field.name] !== undefined,
        );
        if (fields.length === 0) return null;
        return (
          <section key={section.name}>
            <h2>{section.label ? label(section.label) : t("form.otherFields")}</h2>
            <div className="gx-overview-grid">
              {fields.map((field) => (
                <InlineField
                  object={object.name}
                  key={field.name}
                  field={field}
                  record={record}
                  value={record[field.name]}
                  editable={editable && !states.get(field.name)?.readOnly}
                  required={states.get(field.name)?.required ?? false}
                  onSave={onSave}
                />
              ))}
            </div>
          </section>
        );
      })}
      <p className="gx-muted gx-overview-foot">
        {record.created_at
          ? t("record.createdBy", {
              name: record.created_by?.label ?? t("record.system"),
              at: formats.dateTime(record.created_at),
            })
          : null}
        {record.created_at && record.updated_at ? " · " : null}
        {record.updated_at
          ? t("record.updatedBy", {
              name: record.updated_by?.label ?? t("record.system"),
              at: formats.relative(record.updated_at),
            })
          : null}
      </p>
    </div>
  );
}
