import { ArrowRightOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import type { FieldMeta, FieldValue, ObjectMeta } from "@/api/types";
import { FieldDisplay } from "@/fields/field-display";
import { htmlToText } from "@/fields/rich-text/plain";
import { asText, isEmptyValue } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { findField } from "../meta";

interface Change {
  field: string;
  old: FieldValue;
  new: FieldValue;
}

const LONG = new Set(["long_text", "rich_text", "json"]);
const EXCERPT = 160;

/** What changed, each field from what to what, as the field shows its values. */
export function ChangeList({ object, changes }: { object: ObjectMeta | null; changes: Change[] }) {
  const label = useLabel();
  // A record that begins had nothing before: saying so at every field says nothing.
  const begins = changes.length > 2 && changes.every((change) => isEmptyValue(change.old));
  return (
    <dl className="gx-changes">
      {changes.map((change) => {
        const field = object ? findField(object, change.field) : null;
        return (
          <div key={change.field}>
            <dt>{field ? label(field.label) : change.field}</dt>
            <dd>
              {begins ? null : (
                <>
                  <ChangedValue field={field} value={change.old} />
                  <ArrowRightOutlined className="gx-muted" aria-label="→" />
                </>
              )}
              <ChangedValue field={field} value={change.new} />
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

function ChangedValue({ field, value }: { field: FieldMeta | null; value: FieldValue }) {
  const { t } = useTranslation();
  if (isEmptyValue(value)) return <span className="gx-muted">{t("record.emptyValue")}</span>;
  if (!field) return <span>{asText(value)}</span>;
  if (LONG.has(field.type)) {
    const text = field.type === "rich_text" ? htmlToText(asText(value)) : asText(value);
    return <span>{text.length > EXCERPT ? `${text.slice(0, EXCERPT)}…` : text}</span>;
  }
  return (
    <span>
      <FieldDisplay field={field} value={value} variant="cell" />
    </span>
  );
}
