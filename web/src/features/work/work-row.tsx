import { Checkbox } from "antd";
import { useTranslation } from "react-i18next";
import type { ObjectMeta, RecordData } from "@/api/types";
import { findField } from "@/engine/meta";
import { ActionMenu } from "@/engine/record/action-menu";
import { COMPLETE, useCompleteActivity } from "@/engine/record/use-complete-activity";
import { useViewer } from "@/engine/viewer";
import { FieldDisplay } from "@/fields/field-display";
import { RecordLink } from "@/fields/record-link";
import { titleText } from "@/fields/reference/title";
import { asReference, asText, isEmptyValue } from "@/fields/values";
import { useFormats } from "@/i18n/formats";

/** Fields shown as they are, where they have a value. */
const SHOWN = [
  "state",
  "acceptance",
  "owner",
  "priority",
  "account",
  "regarding",
  "record",
  "to_department",
  "to_member",
];

interface WorkRowProps {
  object: ObjectMeta;
  record: RecordData;
  /** Whether it is one's own, to be ticked off. */
  own: boolean;
}

/** One thing to do: what, about whom, until when, from whom; and what can be done about it. */
export function WorkRow({ object, record, own }: WorkRowProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const completion = useCompleteActivity();
  const title = titleText(record[object.title_field]) || t("record.untitled");
  const when = asText(record.due_at) || asText(record.start_at);
  const running = !["done", "declined", "withdrawn"].includes(asText(record.state));
  const late = running && asText(record.due_at) !== "" && Date.parse(when) < Date.now();
  const shown = SHOWN.map((name) => findField(object, name))
    .filter((field) => field !== null)
    .filter((field) => !isEmptyValue(record[field.name]))
    .filter((field) => field.name !== "priority" || ["high", "urgent"].includes(asText(record.priority)))
    .filter((field) => field.name !== "acceptance" || record.acceptance !== "accepted")
    // One's own is one's own.
    .filter((field) => field.name !== "owner" || !own);
  const note = asText(record.decline_reason) || asText(record.assignment_note);
  const canTick = own && record.acceptance !== "waiting" && completion.offered(object.name, record);
  return (
    <li className="gx-work-row">
      {canTick ? (
        <Checkbox
          checked={false}
          onChange={() => completion.run(object.name, record.id)}
          aria-label={t("home.tasks.complete", { name: title })}
        />
      ) : (
        <span className="gx-work-space" aria-hidden />
      )}
      <div className="gx-work-text">
        <RecordLink object={object.name} id={record.id} className="gx-work-title">
          {title}
        </RecordLink>
        <span className="gx-work-about">
          {shown.map((field) => (
            <FieldDisplay key={field.name} field={field} value={record[field.name]} />
          ))}
          <Whence record={record} />
        </span>
        {note ? <p className="gx-work-note">{note}</p> : null}
      </div>
      {when ? (
        <time dateTime={when} title={formats.dateTime(when)} data-late={late || undefined} className="gx-numeric">
          {late ? `${t("work.overdue")} · ${formats.relative(when)}` : formats.dateTime(when)}
        </time>
      ) : null}
      <div className="gx-work-actions">
        <ActionMenu object={object} record={record} buttons quiet inMenu={own ? COMPLETE : undefined} more={[]} />
      </div>
    </li>
  );
}

/** From whom it came, what it waits for, how far it is. */
function Whence({ record }: { record: RecordData }) {
  const { t } = useTranslation();
  const me = useViewer().id;
  // What came from oneself is known to do so.
  const name = (field: string) => {
    const member = asReference(record[field]);
    return member && member.id !== me ? (member.label ?? "") : "";
  };
  const number = (field: string) => (typeof record[field] === "number" ? record[field] : 0);
  const parts = [
    name("handed_over_by") ? t("work.handedBy", { name: name("handed_over_by") }) : "",
    !name("handed_over_by") && name("assigned_by") ? t("work.from", { name: name("assigned_by") }) : "",
    name("from_member") ? t("work.handedBy", { name: name("from_member") }) : "",
    number("blockers") > 0 ? t("work.waits", { count: number("blockers") }) : "",
    number("checklist_total") > 0
      ? t("work.checklist", { done: number("checklist_done"), total: number("checklist_total") })
      : "",
  ].filter(Boolean);
  return parts.map((part) => (
    <span key={part} className="gx-muted">
      {part}
    </span>
  ));
}
