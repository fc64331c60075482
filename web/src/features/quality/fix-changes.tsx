import { useTranslation } from "react-i18next";
import type { FixPreview } from "@/api/quality";
import type { FieldValue, ObjectMeta } from "@/api/types";
import { findField } from "@/engine/meta";
import { FieldDisplay } from "@/fields/field-display";
import { RecordLink } from "@/fields/record-link";
import { asText, isEmptyValue } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";

/** What a fix would change, record by record, before anything is written. */
export function FixChanges({ object, preview }: { object: ObjectMeta; preview: FixPreview }) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const value = (name: string, one: FieldValue) => {
    const field = findField(object, name.split(".")[0] ?? name);
    if (isEmptyValue(one)) return <span className="gx-muted">{t("quality.empty")}</span>;
    return field ? <FieldDisplay field={field} value={one} /> : asText(one);
  };
  const said = [
    t("quality.willChange", { n: formats.number(preview.changed), total: formats.number(preview.total) }),
    preview.unchanged > 0 ? t("quality.willStay", { n: formats.number(preview.unchanged) }) : "",
    preview.refused > 0 ? t("quality.willRefuse", { n: formats.number(preview.refused) }) : "",
  ].filter(Boolean);
  return (
    <section aria-label={t("quality.preview")} className="gx-fix-preview">
      <p aria-live="polite">{said.join(t("quality.semicolon"))}</p>
      {preview.items.length > 0 ? (
        <table className="gx-table">
          <caption className="gx-visually-hidden">{t("quality.preview")}</caption>
          <thead>
            <tr>
              <th scope="col">{label(object.label)}</th>
              <th scope="col">{t("quality.field")}</th>
              <th scope="col">{t("quality.before")}</th>
              <th scope="col">{t("quality.after")}</th>
            </tr>
          </thead>
          <tbody>
            {preview.items.flatMap((item) =>
              item.changes.map((change, index) => (
                <tr key={`${item.id} ${change.field}`}>
                  <th scope="row">
                    {index === 0 ? (
                      <RecordLink object={object.name} id={item.id}>
                        {item.title || t("record.untitled")}
                      </RecordLink>
                    ) : null}
                    {index === 0 && item.problems[0] ? (
                      <small className="gx-quality-refused">{item.problems[0].message}</small>
                    ) : null}
                  </th>
                  <td>{label(change.label)}</td>
                  <td className="gx-fix-before">{value(change.field, change.before)}</td>
                  <td>{value(change.field, change.after)}</td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      ) : null}
      {preview.changed > preview.items.length ? (
        <p className="gx-muted">{t("quality.firstOnly", { n: formats.number(preview.items.length) })}</p>
      ) : null}
    </section>
  );
}
