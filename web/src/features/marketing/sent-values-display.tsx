import type { FieldValue, ObjectMeta } from "@/api/types";
import { findField, useObject } from "@/engine/meta";
import { FieldDisplay } from "@/fields/field-display";
import type { FieldDisplayProps } from "@/fields/types";
import { asText, isObject } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { LEAD } from "./asked-fields";
import "./marketing.css";

/** What a visitor wrote, field by field, with the names that leads have for them. */
export function SentValuesDisplay({ value }: FieldDisplayProps) {
  const lead = useObject(LEAD);
  const label = useLabel();
  if (!isObject(value)) return asText(value);
  return (
    <dl className="gx-sent">
      {inOrder(lead, Object.entries(value)).map(([name, sent]) => (
        <div key={name}>
          <dt>{label((lead ? findField(lead, name) : null)?.label) || name}</dt>
          <dd>
            <SentValue lead={lead} name={name} value={sent} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** As the fields of leads stand; names are kept in no order. */
function inOrder<Value>(lead: ObjectMeta | null, entries: [string, Value][]): [string, Value][] {
  const place = (name: string) => lead?.fields.findIndex((field) => field.name === name) ?? 0;
  return entries.sort(([left], [right]) => place(left) - place(right));
}

function SentValue({ lead, name, value }: { lead: ObjectMeta | null; name: string; value: FieldValue }) {
  const field = lead ? findField(lead, name) : null;
  return field ? <FieldDisplay field={field} value={value} variant="page" /> : asText(value);
}
