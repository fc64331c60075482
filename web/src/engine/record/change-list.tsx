import { ArrowRightOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldMeta, FieldValue, ObjectMeta } from "@/api/types";
import { FieldDisplay } from "@/fields/field-display";
import { htmlToText } from "@/fields/rich-text/plain";
import { asText, isEmptyValue } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { findField } from "../meta";
import { fieldParts } from "../slots";
import { ofFields } from "./fold-history";

interface Change {
  field: string;
  old: FieldValue;
  new: FieldValue;
}

const LONG = new Set(["long_text", "rich_text", "json"]);
const EXCERPT = 160;
/** A change of many fields shows the first few. */
const FEW = 5;

/** What changed, each field from what to what, as the field shows its values. */
export function ChangeList({ object, changes: told }: { object: ObjectMeta | null; changes: Change[] }) {
  const { t } = useTranslation();
  const label = useLabel();
  const changes = ofFields(told);
  // A record that begins had nothing before: saying so at every field says nothing.
  const begins = changes.length > 2 && changes.every((change) => isEmptyValue(change.old));
  const [all, setAll] = useState(false);
  const shown = all || changes.length <= FEW + 1 ? changes : changes.slice(0, FEW);
  if (changes.length === 0) return null;
  return (
    <>
      <dl className="gx-changes">
        {shown.map((change) => {
          const field = object ? findField(object, change.field) : null;
          return (
            <div key={change.field}>
              <dt>{field ? label(field.label) : change.field}</dt>
              <dd>
                {begins ? null : (
                  <>
                    <ChangedValue object={object} field={field} value={change.old} />
                    <ArrowRightOutlined className="gx-muted" aria-label="→" />
                  </>
                )}
                <ChangedValue object={object} field={field} value={change.new} />
              </dd>
            </div>
          );
        })}
      </dl>
      {shown.length < changes.length ? (
        <Button type="link" size="small" className="gx-input-switch" onClick={() => setAll(true)}>
          {t("record.moreChanges", { count: changes.length - shown.length })}
        </Button>
      ) : null}
    </>
  );
}

interface ChangedValueProps {
  object: ObjectMeta | null;
  field: FieldMeta | null;
  value: FieldValue;
}

function ChangedValue({ object, field, value }: ChangedValueProps) {
  const { t } = useTranslation();
  if (isEmptyValue(value)) return <span className="gx-muted">{t("record.emptyValue")}</span>;
  if (!field) return <span>{asText(value)}</span>;
  const Line = fieldParts.get(`${object?.name}.${field.name}`)?.Line;
  if (Line) {
    return (
      <Suspense fallback={null}>
        <span>
          <Line field={field} value={value} variant="cell" />
        </span>
      </Suspense>
    );
  }
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
